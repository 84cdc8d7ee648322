"""The marks that stand in every clinical and every personal field of the clinic of these tests."""

CLINICAL, PERSONAL = "Clinamark", "Personamark"
LOGO = "0" * 64
WORDS = {"es": f"{CLINICAL} palabras", "en": f"{CLINICAL} words"}
