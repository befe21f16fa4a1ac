"""Chinese text as a resident types it, made comparable: normalise, cut, pinyin."""
