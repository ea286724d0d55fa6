"""What pages say that stand where an article should be, in the languages served."""

import re

BOT_CHECK = """
checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|(?:are|prove) you(?:'re| are)? (?:not )?a robot|i(?:'m| am) not a robot
unusual (?:traffic|activity)|suspicious activity|automated (?:access|requests|traffic)|enable javascript and cookies|captcha
ddos[- ]protection|access (?:to this (?:page|site|website) )?(?:has been |is |was )?denied|you have been blocked|request blocked|just a moment
attention required|security check|request (?:was )?unsuccessful|pardon our interruption|one more step|ray id|incident id|too many requests
bot[- ]?(?:detection|protection|check)|browser (?:wird überprüft|überprüfen)|bestätigen sie,? dass sie (?:ein mensch|kein roboter)
zugriff (?:wurde )?verweigert|ungewöhnliche(?:r|n)? (?:datenverkehr|zugriffe|aktivitäten)|vérification (?:de sécurité|que vous)
vous n'êtes pas un robot|accès (?:refusé|interdit)|verifi(?:que|car) que (?:eres|no eres|é|você)|no (?:soy|eres) un robot|acceso denegado|acesso negado
não (?:é|sou) um robô|non sei un robot|accesso negato|ik ben geen robot|toegang geweigerd|nie jeste[sś] robotem|odmowa dostępu|dostęp zabroniony
вы не робот|проверка браузера|доступ (?:запрещ[её]н|ограничен)|robot olmadığın|erişim engellendi|我不是机器人|安全验证|人机验证|访问被拒绝|ロボットではありません
アクセスが拒否|لست روبوت|تم رفض الوصول|로봇이 아닙니다|접근이 거부
"""
COOKIE_WALL = """
(?:we|our partners|us) (?:and our (?:\\d+ )?partners )?(?:value your privacy|use cookies|store and/or access|process personal data|need your consent)
we value your privacy|your (?:privacy|cookie) (?:choices|settings|preferences)|accept all|reject all|manage (?:cookies|preferences|options)|consent or pay
before you continue|alle(?: cookies)? (?:akzeptieren|ablehnen)|zustimmen und weiter|mit werbung (?:weiter)?lesen|ihre (?:privatsphäre|zustimmung)
(?:wir|unsere partner).{0,60}(?:cookies|einwilligung)|datenschutz-?einstellungen|tout (?:accepter|refuser)|nous (?:et nos partenaires|utilisons des cookies)
votre (?:vie privée|consentement)|continuer sans accepter|aceptar (?:todas|todo|y continuar)|rechazar tod|su privacidad|utilizamos cookies|nosotros y nuestros
aceitar tod|rejeitar tod|sua privacidade|usamos cookies|accetta (?:tutti|e continua)|rifiuta tutti|la tua privacy|utilizziamo (?:i )?cookie
alles (?:accepteren|weigeren)|jouw privacy|wij gebruiken cookies|akceptuj(?:ę|e)? (?:wszystk|i przejdź)|szanujemy (?:twoją )?prywatność|używamy plików cookie
принять все|мы используем (?:файлы )?cookie|tümünü kabul et|çerez|接受所有|すべて(?:の cookie を)?(?:同意|受け入れ|許可)|قبول الكل|ملفات تعريف الارتباط|모두 (?:동의|허용)
"""
ERROR_PAGE = """
(?:page|seite|página|pagina|site|article|artikel|story|content|dokument|document|url|address).{0,40}(?:not (?:be )?found|(?:could not|couldn't|cannot|can't) be found
|nicht (?:mehr )?(?:gefunden|vorhanden|verfügbar)|introuvable|no (?:se (?:ha )?encontr|existe|está disponible)|não (?:foi )?encontrad|non (?:è stata )?trovat
|niet (?:worden )?gevonden|does(?:n't| not) exist|no longer (?:exists|available)|has been (?:removed|deleted|moved)|(?:is )?not available|n'existe (?:pas|plus))
(?:error|fehler|erreur|errore|erro|fout|błąd|ошибка|hata|エラー|خطأ) ?:?(?:code)? ?(?:404|410|403|50[0234])|\\b404\\b|\\b410 gone|\\b50[0234] (?:error|bad|service|internal|gateway)
not found|internal server error|service (?:temporarily )?unavailable|bad gateway|gateway time-?out|something went wrong|an error (?:has )?occurred|ein fehler ist aufgetreten
etwas ist schiefgelaufen|une erreur (?:est survenue|s'est produite)|page introuvable|algo salió mal|ha ocurrido un error|ocorreu um erro|si è verificato un errore
er is iets (?:mis|fout)gegaan|nie (?:znaleziono|istnieje)|страница не (?:найдена|существует)|sayfa bulunamadı|页面不存在|找不到(?:页面|该页)|ページが見つかりません|お探しのページ
الصفحة غير موجودة|لم يتم العثور|페이지를 찾을 수 없|down for maintenance|under maintenance|wartungsarbeiten|en maintenance
"""
LOGIN = """
(?:log|sign) ?in(?: (?:to|with|or)\\b|$)|please (?:log|sign) in|forgot(?:ten)? (?:your )?password|create (?:an )?account|don't have an account|remember me|stay signed in
keep me (?:logged|signed) in|anmelden|einloggen|passwort vergessen|angemeldet bleiben|noch kein konto|registrieren|se connecter|connexion|mot de passe oublié|créer un compte
iniciar sesión|olvid(?:ó|aste) (?:su|tu) contraseña|crear (?:una )?cuenta|iniciar sessão|esqueceu (?:a|sua) senha|criar conta|accedi|password dimenticata|registrati
inloggen|wachtwoord vergeten|zaloguj|nie pamiętasz hasła|войти|вход в|забыли пароль|giriş yap|şifremi unuttum|登录|忘记密码|ログイン|パスワードをお忘れ|تسجيل الدخول|نسيت كلمة|로그인|비밀번호
"""
PAYWALL = """
(?:subscribe|sign up|register|log in|become a (?:member|subscriber)) (?:now )?to (?:continue|keep|read|unlock|access|finish)|to (?:continue|keep) reading|continue reading (?:with|this|your|for)
this (?:article|story|content) is (?:only |exclusive |exclusively )?(?:for|available to|reserved for) (?:our )?(?:subscribers|members)|subscriber[- ]only|for subscribers only|already a subscriber
you(?:'ve| have) (?:reached|read|used) (?:your|all).{0,40}(?:limit|free articles)|unlock this (?:article|story)|(?:get|start) (?:unlimited|full) access|subscribe for full access
weiterlesen mit|jetzt (?:abonnieren|weiterlesen|testen|freischalten)|(?:nur für|exklusiv für) (?:abonnent|abonnenten|mitglieder|registrierte)|diesen artikel (?:weiterlesen|freischalten)
(?:bereits|schon) (?:abonnent|abonniert|digital-?abo)|um (?:den|diesen) (?:ganzen |vollständigen )?artikel (?:zu lesen|lesen zu können|weiterzulesen)|zugang zu allen (?:artikeln|inhalten)
(?:article|contenu) (?:est )?réservé (?:aux|à nos) abonnés|pour lire la suite|abonnez-vous pour|il vous reste .{0,30}% de cet article|déjà abonné|(?:contenido|artículo) exclusivo para (?:suscriptores|socios)
suscríb(?:ete|ase) para (?:seguir|continuar|leer)|para (?:seguir|continuar) leyendo|ya (?:es|eres) suscriptor|(?:conteúdo|matéria) exclusiv[oa] para assinantes|assine para (?:continuar|ler)
já é assinante|(?:contenuto|articolo) riservato agli abbonati|abbonati per (?:continuare|leggere)|sei già abbonato|dit artikel is (?:exclusief|alleen) (?:voor|beschikbaar)|lees verder met|al abonnee
(?:artykuł|treść) (?:dostępn[ya] )?(?:tylko )?dla (?:prenumeratorów|subskrybentów)|czytaj dalej z|материал доступен (?:только )?подписчикам|оформите подписку,? чтобы
この記事は会員限定|有料会員|続きを読むには|会員登録|订阅后(?:继续)?阅读|付费阅读|登录后阅读全文|هذا المحتوى (?:متاح )?للمشتركين|구독자 전용
"""


def compiled(lines: str) -> re.Pattern[str]:
    """One pattern from lines of alternatives; a line that starts with a bar continues the one before."""
    joined = lines.strip().replace("\n|", "|")
    return re.compile("|".join(joined.splitlines()), re.IGNORECASE)


PATTERNS = {
    "bot-check": compiled(BOT_CHECK),
    "cookie-wall": compiled(COOKIE_WALL),
    "error-page": compiled(ERROR_PAGE),
    "login": compiled(LOGIN),
}
PAYWALLED = compiled(PAYWALL)
CONSENT_WORDS = re.compile(
    r"cookie|consent|privacy|partners?\b|advertis|personali[sz]|einwilligung|datenschutz|zustimm|werbung|consentement|"
    r"vie privée|publicit|privacidad|consentimiento|anuncios|dati personali|consenso|toestemming|zgod|prywatno|согласи|"
    r"конфиденциальн|çerez|同意|隐私|プライバシー|الخصوصية|개인정보",
    re.IGNORECASE,
)
