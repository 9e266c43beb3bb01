"""How pages look: templates, assets, a council's own colours, and stretches of page sent many times."""
