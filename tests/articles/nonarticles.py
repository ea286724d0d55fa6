"""Pages that are no articles, made in many shapes and languages, and synthetic articles to compare with."""

# ruff: noqa: E501 - the texts of the pages are easier to read unbroken

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from articles.extraction import Page


@dataclass(frozen=True)
class Case:
    """A page with the verdict and the reason it must get."""

    name: str
    page: Page
    code: str


def _page(html: str, path: str = "/2024/05/report-on-ports", **more: object) -> Page:
    return Page(url=f"https://news.example{path}", body=html.encode(), **more)  # type: ignore[arg-type]


MENU = "".join(
    f'<li><a href="/{name}">{name.title()}</a></li>'
    for name in ("home", "world", "business", "sport", "culture")
)
FRAMES = {
    "bare": "<html><head><title>{title}</title></head><body>{body}</body></html>",
    "framed": "<html lang='{lang}'><head><title>{title}</title><meta property='og:site_name' content='Example'></head>"
    f"<body><header><nav><ul>{MENU}</ul></nav></header><main>{{body}}</main>"
    "<footer><p>© Example Media</p><a href='/imprint'>Imprint</a> <a href='/privacy'>Privacy</a></footer></body></html>",
    "app": "<html><head><title>{title}</title><script>window.a=1</script></head><body><div id='root'><div class='x1'><div "
    "class='x2'>{body}</div></div></div><script src='/b.js'></script></body></html>",
}


def _in(frame: str, title: str, body: str, lang: str = "en") -> str:
    return FRAMES[frame].format(title=title, body=body, lang=lang)


COOKIES = {
    "en": ("We value your privacy", "We and our 842 partners store and/or access information on a device, such as cookies, and process personal data for personalised advertising. You can give your consent or manage your preferences at any time.", "Accept all", "Reject all"),
    "de": ("Ihre Privatsphäre", "Wir und unsere Partner verwenden Cookies und ähnliche Techniken, um Werbung zu personalisieren. Mit Ihrer Einwilligung dürfen wir Daten verarbeiten; Sie können die Zustimmung jederzeit widerrufen.", "Alle akzeptieren", "Alle ablehnen"),
    "fr": ("Votre vie privée", "Nous et nos partenaires utilisons des cookies pour mesurer l'audience et afficher une publicité personnalisée. Votre consentement peut être retiré à tout moment.", "Tout accepter", "Continuer sans accepter"),
    "es": ("Su privacidad", "Nosotros y nuestros socios utilizamos cookies para mostrar anuncios personalizados y tratamos datos personales con su consentimiento. Puede cambiar de opinión cuando quiera.", "Aceptar todas", "Rechazar todas"),
    "it": ("La tua privacy", "Noi e i nostri partner utilizziamo i cookie e trattiamo dati personali per mostrare pubblicità personalizzata. Puoi revocare il consenso in qualsiasi momento.", "Accetta tutti", "Rifiuta tutti"),
    "pl": ("Szanujemy prywatność", "My i nasi partnerzy używamy plików cookie, aby dopasować reklamy. Zgodę na przetwarzanie danych można wycofać w każdej chwili, a prywatność jest dla nas ważna.", "Akceptuję wszystko", "Ustawienia"),
    "nl": ("Jouw privacy", "Wij gebruiken cookies en delen gegevens met partners om advertenties te tonen. Je toestemming kun je altijd intrekken in de instellingen voor privacy.", "Alles accepteren", "Alles weigeren"),
    "pt": ("A sua privacidade", "Nós e os nossos parceiros usamos cookies para mostrar anúncios. O seu consentimento pode ser retirado a qualquer momento nas definições de privacidade.", "Aceitar tudo", "Rejeitar tudo"),
    "ja": ("プライバシー設定", "当社とパートナーは広告のためにクッキーを使用します。プライバシーに関する同意はいつでも撤回できます。", "すべて同意", "すべて許可しない 受け入れ"),
}  # fmt: skip
BOTS = (
    ("Just a moment...", "<h1>news.example</h1><p>Checking your browser before you access the site. This may take a few seconds.</p><p>Ray ID: 81ab</p>", 403),
    ("Attention Required!", "<h1>Sorry, you have been blocked</h1><p>This website is using a security service to protect itself. Please complete the security check.</p>", 403),
    ("news.example", "<p>Please enable JavaScript and cookies to continue</p>", 200),
    ("Access Denied", "<h1>Access Denied</h1><p>You don't have permission to access this page on this server.</p><p>Reference 18.2d</p>", 403),
    ("Are you a robot?", "<h1>Are you a robot?</h1><p>We have detected unusual activity from your network. Tick the box to go on.</p>", 200),
    ("Pardon Our Interruption", "<h1>Pardon Our Interruption</h1><p>As you were browsing something about your browser made us think you were a bot. Solve the captcha to go on.</p>", 200),
    ("Einen Moment", "<h1>Ihr Browser wird überprüft</h1><p>Bitte bestätigen Sie, dass Sie ein Mensch sind. Es gab ungewöhnliche Zugriffe aus Ihrem Netz.</p>", 200),
    ("Vérification", "<h1>Vérification de sécurité</h1><p>Confirmez que vous n'êtes pas un robot pour accéder au site.</p>", 200),
    ("Verificación", "<p>Demuestre que no es una máquina: marque «no soy un robot» y continúe.</p>", 200),
    ("Проверка браузера", "<p>Подтвердите, что вы не робот. Доступ ограничен из-за подозрительных запросов.</p>", 200),
    ("安全验证", "<p>请完成人机验证后继续访问。</p>", 200),
    ("Too many requests", "<h1>429</h1><p>Too many requests. Automated access is not allowed; solve the captcha.</p>", 429),
)  # fmt: skip
ERRORS = (
    ("404 - Page not found", "The page you are looking for could not be found. It may have been moved or deleted. Try the search or go back to the front page.", 404),
    ("Page not found", "Sorry, this page does not exist any more. Here is a link to the front page.", 200),
    ("Seite nicht gefunden", "Die gewünschte Seite wurde leider nicht gefunden. Vielleicht hilft die Suche weiter.", 404),
    ("Fehler 404", "Der Artikel ist nicht mehr verfügbar oder die Adresse enthält einen Tippfehler.", 200),
    ("Page introuvable", "La page demandée est introuvable. Elle a peut-être été déplacée ou supprimée.", 404),
    ("Página no encontrada", "La página que busca no existe o ha cambiado de dirección. Vuelva a la portada.", 200),
    ("Página não encontrada", "O conteúdo que procura não foi encontrado. A página pode ter sido removida.", 404),
    ("Pagina non trovata", "La pagina richiesta non è stata trovata. Torna alla home page del sito.", 200),
    ("Pagina niet gevonden", "Deze pagina kon niet worden gevonden. Misschien is het adres gewijzigd.", 404),
    ("Ошибка 404", "Страница не найдена. Возможно, она была удалена или перемещена.", 404),
    ("ページが見つかりません", "お探しのページは移動または削除された可能性があります。", 404),
    ("500 Internal Server Error", "An error has occurred on our side. Our engineers know. Please try again in a few minutes.", 500),
    ("Service unavailable", "The site is down for maintenance. Service temporarily unavailable, please come back later.", 503),
    ("502 Bad Gateway", "nginx", 502),
)  # fmt: skip
LOGINS = {
    "en": ("Log in", "Log in to your account to go on.", "Forgot your password?", "Create an account"),
    "de": ("Anmelden", "Bitte melden Sie sich an. Einloggen mit Benutzername und Passwort.", "Passwort vergessen?", "Registrieren"),
    "fr": ("Se connecter", "Se connecter pour accéder à votre espace.", "Mot de passe oublié ?", "Créer un compte"),
    "es": ("Iniciar sesión", "Iniciar sesión para continuar en el sitio.", "¿Olvidaste tu contraseña?", "Crear una cuenta"),
    "it": ("Accedi", "Accedi con le tue credenziali.", "Password dimenticata?", "Registrati"),
    "pl": ("Zaloguj się", "Zaloguj się, aby przejść dalej.", "Nie pamiętasz hasła?", "Załóż konto"),
    "ru": ("Войти", "Войти в личный кабинет.", "Забыли пароль?", "Регистрация"),
    "ja": ("ログイン", "会員の方はログインしてください。", "パスワードをお忘れの方", "新規登録"),
}  # fmt: skip
HEADLINES = {
    "en": ("Port of Eastmouth opens second container quay", "Council votes for a new flood barrier in spring", "Research ship returns with samples from the shelf", "Rail operator fined over late trains last winter", "Farmers and planners argue about a reservoir", "Museum finds a lost letter in its own archive", "Budget talks go into a third week without result", "Teachers ask for smaller classes next school year", "Storm leaves thousands without power in the north"),
    "de": ("Hafen Ostmund eröffnet zweiten Containerkai", "Gemeinderat stimmt für neue Flutmauer im Frühjahr", "Forschungsschiff kehrt mit Proben vom Schelf zurück", "Bahnbetreiber zahlt Strafe für verspätete Züge", "Bauern und Planer streiten über einen Stausee", "Museum findet verlorenen Brief im eigenen Archiv", "Haushaltsgespräche gehen in die dritte Woche", "Lehrer fordern kleinere Klassen im neuen Schuljahr", "Sturm unterbricht den Strom für Tausende im Norden"),
    "es": ("El puerto de Bocaeste abre un segundo muelle", "El concejo vota una nueva barrera contra inundaciones", "El buque de investigación vuelve con muestras", "Multan al operador ferroviario por los retrasos", "Agricultores y técnicos discuten por un embalse", "El museo halla una carta perdida en su archivo", "La negociación del presupuesto entra en otra semana", "Los maestros piden clases más pequeñas este curso", "La tormenta deja sin luz a miles en el norte"),
}  # fmt: skip
TEASER = {
    "en": "The decision came late on Tuesday after months of talks between the town and the operator.",
    "de": "Die Entscheidung fiel am späten Dienstag nach monatelangen Gesprächen zwischen Stadt und Betreiber.",
    "es": "La decisión llegó el martes por la noche tras meses de conversaciones entre la ciudad y la empresa.",
}


def _cards(lang: str, shape: str, *, teasers: bool) -> str:
    templates = {
        "article": '<article class="c{i}"><h2><a href="/a/{i}">{t}</a></h2>{p}</article>',
        "list": '<li><h3><a href="/a/{i}">{t}</a></h3>{p}</li>',
        "div": '<div class="k"><div class="h"><h3><a href="/a/{i}">{t}</a></h3></div><time datetime="2024-05-0{i}">0{i}</time>{p}</div>',
    }
    cards = "".join(
        templates[shape].format(i=i, t=title, p=f"<p>{TEASER[lang]}</p>" if teasers else "")
        for i, title in enumerate(HEADLINES[lang], start=1)
    )
    return f"<ul>{cards}</ul>" if shape == "list" else f"<div>{cards}</div>"


def cookie_walls() -> Iterator[Case]:
    for (lang, (title, text, yes, no)), frame in product(COOKIES.items(), ("bare", "app")):
        body = f"<h2>{title}</h2><p>{text}</p><div><a href='#'>{yes}</a> <a href='#'>{no}</a></div>"
        yield Case(f"cookie-{lang}-{frame}", _page(_in(frame, "Example", body, lang)), "cookie-wall")


def bot_checks() -> Iterator[Case]:
    for number, (title, body, status) in enumerate(BOTS):
        for frame in ("bare", "app"):
            yield Case(f"bot-{number}-{frame}", _page(_in(frame, title, body), status=status), "bot-check")


def error_pages() -> Iterator[Case]:
    for (number, (title, text, status)), frame in product(enumerate(ERRORS), ("bare", "framed")):
        html = _in(frame, title, f"<h1>{title}</h1><p>{text}</p>")
        yield Case(f"error-{number}-{frame}", _page(html, status=status), "error-page")


def logins() -> Iterator[Case]:
    for (lang, (title, text, forgot, create)), frame in product(LOGINS.items(), ("bare", "framed")):
        form = f"<form><p>{text}</p><input name='u'><input type='password' name='p'><a href='/f'>{forgot}</a> <a href='/c'>{create}</a></form>"
        yield Case(
            f"login-{lang}-{frame}",
            _page(_in(frame, title, f"<h1>{title}</h1>{form}", lang), "/login"),
            "login",
        )


def listings() -> Iterator[Case]:
    paths = {"article": "/", "list": "/topics/ports", "div": "/search?q=port"}
    for lang, shape, teasers in product(HEADLINES, paths, (True, False)):
        html = _in("framed", "Ports", f"<h1>Ports</h1>{_cards(lang, shape, teasers=teasers)}", lang)
        yield Case(f"listing-{lang}-{shape}-{teasers}", _page(html, paths[shape]), "listing")


def videos() -> Iterator[Case]:
    players = {
        "og": ("<meta property='og:type' content='video.other'>", "<div class='player'></div>"),
        "ld": (
            '<script type="application/ld+json">{"@type":"VideoObject","name":"Clip"}</script>',
            "<video src='/v.mp4'></video>",
        ),
        "frame": ("", "<iframe src='https://player.example/embed/1'></iframe>"),
    }
    texts = (
        "Watch how the crane is lifted off the ship.",
        "Der Kran wird vom Schiff gehoben. Länge: 2 Minuten.",
        "Así levantan la grúa del barco en el muelle.",
    )
    for (name, (head, body)), (number, text) in product(players.items(), enumerate(texts)):
        html = f"<html><head><title>Crane lifted</title>{head}</head><body><nav><ul>{MENU}</ul></nav><h1>Crane lifted</h1>{body}<p>{text}</p></body></html>"
        yield Case(f"video-{name}-{number}", _page(html, "/video/crane"), "video")


def wrong_pages() -> Iterator[Case]:
    for lang, shape in product(HEADLINES, ("article", "div")):
        html = _in("framed", "Example", _cards(lang, shape, teasers=True), lang)
        page = _page(html, "/", requested_url="https://news.example/2024/05/report-on-ports")
        yield Case(f"wrong-{lang}-{shape}", page, "wrong-page")


def shells() -> Iterator[Case]:
    for mark in (
        "<div id='root'></div>",
        "<div id='__next'></div><noscript>Please enable JavaScript.</noscript>",
        "<app-root></app-root>",
    ):
        html = f"<html><head><title>Example</title><script src='/a.js'></script></head><body>{mark}</body></html>"
        yield Case(f"shell-{mark[:12]}", _page(html), "empty")


def all_nonarticles() -> list[Case]:
    """More than a hundred pages, each with the reason it must be refused for."""
    makers = (cookie_walls, bot_checks, error_pages, logins, listings, videos, wrong_pages, shells)
    return [case for make in makers for case in make()]


STORY = {
    "en": ("The harbor authority of Eastmouth opened its second quay on Monday, eleven months later than planned. ", "Two cranes were delivered by a yard on the other side of the bay, and a third will follow in autumn. ", "“We lost a winter, but not the customers,” said the director, Ida Brandt, at the opening. ", "The works cost 84 million, a third of it paid by the region. "),
    "de": ("Die Hafenverwaltung von Ostmund hat am Montag ihren zweiten Kai eröffnet, elf Monate später als geplant. ", "Zwei Kräne kamen von einer Werft auf der anderen Seite der Bucht, ein dritter folgt im Herbst. ", "„Wir haben einen Winter verloren, aber keine Kunden“, sagte Direktorin Ida Brandt zur Eröffnung. ", "Die Arbeiten kosteten 84 Millionen, ein Drittel zahlt die Region. "),
    "ru": ("Портовое управление открыло в понедельник второй причал, на одиннадцать месяцев позже срока. ", "Два крана поставила верфь с другого берега залива, третий прибудет осенью. ", "«Мы потеряли зиму, но не клиентов», сказала директор Ида Брандт на открытии. ", "Работы обошлись в 84 миллиона, треть заплатила область. "),
    "ar": ("افتتحت هيئة الميناء يوم الاثنين رصيفها الثاني متأخرة أحد عشر شهرا عن الموعد المقرر. ", "وصلت رافعتان من حوض بناء سفن على الجانب الآخر من الخليج وستصل الثالثة في الخريف. ", "وقالت المديرة إيدا براندت عند الافتتاح إنهم فقدوا شتاء واحدا ولم يفقدوا الزبائن. ", "بلغت كلفة الأعمال أربعة وثمانين مليونا دفعت المنطقة ثلثها. "),
    "ja": ("港湾局は月曜日、予定より十一か月遅れて二番目の岸壁を開いた。", "二基のクレーンは湾の対岸にある造船所が納め、三基目は秋に届く。", "「冬を一つ失ったが、客は失わなかった」と局長のイダ・ブラントは開所式で語った。", "工事費は八千四百万で、三分の一を県が負担した。"),
    "zh": ("港务局周一启用第二座码头，比原计划晚了十一个月。", "两台起重机由海湾对岸的船厂交付，第三台将在秋天到货。", "局长伊达·布兰特在启用仪式上说：“我们失去了一个冬天，但没有失去客户。”", "工程耗资八千四百万，其中三分之一由地区承担。"),
}  # fmt: skip


def story_html(lang: str, paragraphs: int = 6, extra: str = "", head: str = "") -> str:
    """A synthetic article page in a language, between navigation and footer."""
    lines = STORY[lang]
    body = "".join(f"<p>{''.join(lines[(i + j) % 4] for j in range(3))}</p>" for i in range(paragraphs))
    direction = ' dir="rtl"' if lang == "ar" else ""
    title = lines[0].strip()[:60]
    return (
        f"<html lang='{lang}'{direction}><head><meta charset='utf-8'><title>{title} | Example</title>{head}</head><body><header><nav>"
        f"<ul>{MENU}</ul></nav></header><main><article><h1>{title}</h1><p class='byline'>By Jane Moreau</p>{body}{extra}</article></main>"
        "<footer><p>© Example Media</p></footer></body></html>"
    )
