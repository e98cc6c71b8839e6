"""articles: raw articles in, clean and tagged records out. The public names are loaded when first used."""
