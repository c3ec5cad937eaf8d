"""How wide the pages are looked at, and the names that two of their areas bear."""

DESKTOP, PHONE = 1200, 375
LONGEST, STRANGEST = "示例积石山保安族东乡族撒拉族哈萨克族自治县城关", "示例㐂䶮<b>&\"'|*_$#@{{<县"
