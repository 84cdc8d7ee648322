// What every page stands on. Each module finds its own work by data attributes; none is needed to read or send a form.
import "./_keys.js";
import "./_toasts.js";
import "./_forms.js";
import "./_answers.js";
import "./_tally.js";
