"""Openings of lines that point away from the article, in the languages served."""

import re

_OPENINGS = """
read more|read also|read next|read the full|also read|related|related articles?|related stor(?:y|ies)|see also|you may also like|you might also like
more on this|more from|more stories|most read|most popular|recommended|don't miss|trending|up next|watch also|watch:|listen:
sign up|subscribe|follow us|follow .{2,30} on (?:twitter|facebook|instagram|x)|like us on|join our|get the latest|get our|download (?:the|our) app
copyright|©|\\(c\\) ?\\d{4}|all rights reserved|advertisement|sponsored|tags?:|topics?:|filed under|posted in|share this|click here to|click to share
leave a (?:comment|reply)|comments? \\(\\d+\\)|we use cookies|this website uses cookies|support our journalism|already a subscriber
lesen sie auch|lesen sie mehr|lesen sie dazu|auch interessant|das könnte sie auch|mehr zum thema|mehr dazu|weiterlesen|mehr lesen|zum thema
newsletter|jetzt abonnieren|abonnieren sie|folgen sie uns|melden sie sich|anzeige$|schlagw[oö]rter|schlagworte|themen:|teilen|drucken|kommentar schreiben
alle rechte vorbehalten|zurück zur|zur startseite|diese website (?:verwendet|benutzt)|wir verwenden cookies|empfohlener externer inhalt
lire aussi|à lire aussi|lisez aussi|voir aussi|à voir aussi|sur le même sujet|abonnez-vous|inscrivez-vous|suivez-nous|partager|tous droits réservés|publicité$|en savoir plus
lea también|lee también|te puede interesar|también te puede|vea también|ver también|más información|suscríbase|suscríbete|síguenos|compartir|todos los derechos reservados|publicidad$|noticias relacionadas
leia também|leia mais|veja também|saiba mais|assine|inscreva-se|siga-nos|compartilhe|todos os direitos reservados|publicidade$
leggi anche|leggi di più|potrebbe interessarti|vedi anche|iscriviti|seguici|condividi|tutti i diritti riservati|pubblicità$
czytaj też|czytaj także|czytaj więcej|zobacz też|zobacz także|zobacz również|przeczytaj także|polecamy|zapisz się|udostępnij|wszelkie prawa zastrzeżone|reklama$
lees ook|lees meer|bekijk ook|meer over|schrijf je in|volg ons|deel dit|alle rechten voorbehouden|advertentie$
läs också|läs mer|läs även|prenumerera|les også|les mer|læs også|lue myös|tilaa uutiskirje
читайте также|читать далее|смотрите также|подписывайтесь|подпишитесь|поделиться|все права защищены|реклама$|по теме
читайте також|дивіться також|підписуйтесь|поділитися
přečtěte si|čtěte také|viz také|sdílet|čítajte tiež|olvassa el|kapcsolódó|citește și|citiți și|прочетете още
ayrıca okuyun|bunlar da ilginizi|abone ol|paylaş|baca juga|simak juga|lihat juga|berlangganan
اقرأ أيضا|اقرأ أيضاً|إقرأ أيضا|شاهد أيضا|تابعونا|اشترك|همچنین بخوانید|بیشتر بخوانید|קראו גם|עוד בנושא
相关阅读|相关新闻|延伸阅读|推荐阅读|延伸閱讀|相關新聞|版权所有|責任編輯|责任编辑|関連記事|あわせて読みたい|関連ニュース|無断転載|関連リンク|관련기사|무단전재|구독
"""
_TEASER = re.compile(
    r"^[\W_]{0,6}(?:" + "|".join(line.strip() for line in _OPENINGS.strip().splitlines()) + r")(?!\w)",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:^|[\s(\[/|–-])(?:photo|picture|image|foto|fotos|bild|bilder|crédit|credit|credits|photograph(?:er|y)?|fotograf|quelle|source|"
    r"getty|reuters|afp|dpa|ap photo|shutterstock|istock|imago|pixabay|unsplash|epa|adobe ?stock|fot\.|фото|写真|사진)"
    r"\s*(?:by|von|de|:|/|©|credit|images|via|$)|©",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"newsletter|subscri|abonn|suscr[ií]|iscriv|zapisz|подпис|inbox|\be-?mail|cookie|datenschutz|privacy|"
    r"javascript|browser|ad ?blocker|adblock|log ?in|sign ?in|register|anmelden|einloggen|registrier|"
    r"whatsapp|telegram|facebook|twitter|instagram|youtube|podcast|app store|google play|rss",
    re.IGNORECASE,
)


def is_teaser(text: str) -> bool:
    """Does the line open like a pointer to something else (Read more, Related, Subscribe …)?"""
    return bool(_TEASER.match(text[:80]))


def is_credit(text: str) -> bool:
    """Does a short line look like the caption or the credit of a picture?"""
    return len(text) < 300 and bool(_CREDIT.search(text))


def addresses_reader(text: str) -> bool:
    """Does the line speak of subscribing, following, logging in or the browser?"""
    return bool(_IMPERATIVE.search(text[:400]))
