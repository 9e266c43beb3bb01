"""Tables on pages: filtered, sorted, grouped and charted by people who do not program."""
