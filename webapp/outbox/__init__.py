"""E-mail, SMS and push that wait to be sent: one message a key, never a health word, never at night."""
