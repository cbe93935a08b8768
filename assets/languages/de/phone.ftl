# Das Telefon selbst: Leute hinzufügen, Geräte, Einstellungen, die ersten Schritte.

pairing-title = Jemanden hinzufügen
pairing-mine = Mein Link
pairing-mine-hint = Lass das andere Telefon ihn scannen oder schick ihn als Text.
pairing-copy = Meinen Link kopieren
pairing-copied = Dein Link ist kopiert. Schick ihn jemandem, mit dem du sprechen willst.
pairing-not-copied = Der Link ließ sich nicht kopieren. Lass das andere Telefon den Code scannen.
pairing-no-link-yet = Der Link ist noch nicht fertig. Versuch es gleich noch einmal.
pairing-theirs = Der andere Link
pairing-link-hint = ahoy:…
pairing-link-label = Link eines neuen Kontakts
pairing-no-link = Füge zuerst den Link der anderen Person ein.
pairing-paste = Einfügen
pairing-paste-spoken = Einen Link einfügen
pairing-paste-too-long = Das Kopierte ist zu lang für einen Kontakt-Link.
pairing-nothing-to-paste = Es gibt nichts einzufügen. Kopiere zuerst einen Link.
pairing-next = Weiter
pairing-next-spoken = Das Telefon dieses Links ansehen
pairing-scan = Scannen
pairing-scan-spoken = Einen Code mit der Kamera scannen
pairing-stop = Stopp
pairing-stop-spoken = Nicht mehr mit der Kamera suchen
pairing-finder = Was die Kamera sieht
pairing-hold-code = Halte den Code des anderen Telefons vor die Kamera.
pairing-open = Solange diese Seite offen ist, sehen Telefone in deinem Netz deines, und wer deinen Link hat, kann anklopfen.
pairing-closed = Dein Telefon hat sich wieder geschlossen: Niemand sieht es mehr oder kann anklopfen.
pairing-open-again = Wieder öffnen
pairing-open-again-spoken = Dieses Telefon wieder zum Hinzufügen öffnen

strangers-nearby = Telefone in der Nähe
strangers-knocking = Möchte dich hinzufügen
strangers-looking = Suche läuft. Das andere Telefon muss im selben Netz sein und diese Seite zeigen.
strangers-words = Sicherheitswörter
strangers-add = Hinzufügen
strangers-add-spoken = { $name } hinzufügen
strangers-ignore = Ignorieren
strangers-ignore-spoken = { $name } ignorieren

candidate-question = { $name } hinzufügen?
candidate-name = Der Name bei dir
candidate-name-hint = Name
candidate-name-label = Name des neuen Kontakts
candidate-words = Sicherheitswörter: Das andere Telefon zeigt dieselben, außer jemand steht zwischen euch.
candidate-cancel = Abbrechen
candidate-cancel-spoken = Dieses Telefon nicht hinzufügen
candidate-add = Hinzufügen
candidate-add-spoken = { $name } hinzufügen
candidate-added = { $name } ist hinzugefügt. Ihr könnt sprechen, sobald du auch dort hinzugefügt bist.
candidate-known = Du hast dieses Telefon schon hinzugefügt: { $name }.
candidate-not-ready = Dein eigenes Telefon ist noch nicht bereit. Versuch es gleich noch einmal.
candidate-own-link = Das ist dein eigener Link. Bitte die andere Person um ihren.
candidate-no-link = Das ist kein Kontakt-Link: Einer beginnt mit „ahoy:“. Bitte die andere Person um ihren.
candidate-damaged = Dieser Link ist beschädigt. Kopiere ihn noch einmal, ganz und unverändert.
candidate-forged = Dieser Link ist beschädigt oder gefälscht. Kopiere ihn noch einmal oder bitte um einen neuen.
candidate-newer = Dieser Link stammt von einem neueren Ahoy. Aktualisiere deines, um ihn zu nutzen.
candidate-too-long = Das ist zu lang für einen Kontakt-Link. Kopiere ihn noch einmal, ohne anderes.

my-name-title = Dein Name
my-name-wanted = Dein Name, damit andere sehen, wer du bist
my-name-save = Speichern
my-name-save-spoken = Deinen Namen speichern
my-name-kept = Dein Link und dein Code sagen ab jetzt { $name }.
my-name-gone = Dein Link trägt keinen Namen mehr.

qr-mine = Mein Link als QR-Code

devices-title = Ton und Bild
devices-microphone = Mikrofon: { $what }
devices-speaker = Lautsprecher: { $what }
devices-camera = Kamera: { $what }
devices-off = aus
devices-looking = wird gesucht …
devices-none = nicht gefunden
devices-switch = Wechseln
devices-switch-spoken = Zu einer anderen Kamera wechseln

## Bedienelemente

controls-on = An
controls-off = Aus
controls-less = Weniger
controls-less-spoken = { $what }: weniger
controls-more = Mehr
controls-more-spoken = { $what }: mehr

## Geräte ausprobieren

trial-microphone = Mikrofon
trial-speaker = Lautsprecher
trial-camera = Kamera
trial-which-microphone = Welches Mikrofon
trial-which-speaker = Welcher Lautsprecher
trial-which-camera = Welche Kamera
trial-system = Wie das System wählt
trial-system-named = Wie das System wählt: { $name }
trial-not-there = { $name } (gerade nicht da)
trial-no-microphone = Kein Mikrofon gefunden. Schließ eines an und komm wieder.
trial-no-speaker = Kein Lautsprecher gefunden. Schließ einen an und komm wieder.
trial-no-camera = Keine Kamera gefunden. Du kannst sprechen und andere sehen.
trial-meter = Wie laut du bist
trial-listen = Mikrofon testen
trial-listen-stop = Nicht mehr zuhören
trial-microphone-hint = Nichts wird aufgenommen, und niemand sonst hört dich.
trial-speak = Sag etwas. Bleibt der Balken leer, wähle ein anderes Mikrofon.
trial-heard = Du bist zu hören. Das Mikrofon geht.
trial-microphone-failed = Das Mikrofon lässt sich nicht nutzen. Wähle ein anderes oder schließe das Programm, das es benutzt.
trial-play = Ton abspielen
trial-speaker-hint = Du solltest eine kurze Melodie hören.
trial-playing = Ton läuft … hörst du ihn?
trial-played = Wenn du nichts gehört hast, stell lauter oder wähle einen anderen Lautsprecher.
trial-speaker-failed = Der Lautsprecher lässt sich nicht nutzen. Wähle einen anderen oder schließe das Programm, das ihn benutzt.
trial-look = Mein Bild zeigen
trial-look-stop = Kamera aus
trial-camera-hint = Die Kamera bleibt aus, bis du den Knopf drückst. Niemand sonst sieht das Bild.
trial-looking = Nur du siehst dieses Bild, wie im Spiegel.
trial-mirror = Das Bild deiner Kamera
trial-camera-failed = Die Kamera lässt sich nicht nutzen. Wähle eine andere oder schließe das Programm, das sie benutzt.

## Die ersten Schritte

first-run-step = Schritt { $number } von { $of }
first-run-skip = Alles überspringen
first-run-skip-spoken = Die ersten Schritte überspringen
first-run-back = Zurück
first-run-next = Weiter
first-run-done = Fertig
first-run-add = Jemanden hinzufügen
first-run-name = Willkommen bei Ahoy
first-run-name-about = Wie sollen andere dich nennen? Dein Name steht in deinem Link und Code. Es gibt kein Konto, und du kannst das Feld leer lassen.
first-run-microphone = Bist du zu hören?
first-run-microphone-about = Sag ein paar Worte und sieh auf den Balken. Das geht später auch in den Einstellungen.
first-run-speaker = Hörst du etwas?
first-run-speaker-about = Spiel einen kurzen Ton ab. Das geht später auch in den Einstellungen.
first-run-camera = Bist du zu sehen?
first-run-camera-about = Nur für Videoanrufe; zum Sprechen braucht es keine Kamera.
first-run-code = Das bist du
first-run-code-about = Lass jemanden diesen Code scannen oder schick deinen Link. Die andere Person zeigt dir ihren, und ihr könnt euch anrufen.

## Einstellungen

settings-title = Einstellungen
settings-system = Wie das System

settings-me = Mein Name und Code
settings-me-about = Was andere sehen und wie sie dich hinzufügen
settings-me-code = Mein Code und Link
settings-me-code-about = Wer ihn hat, kann dich hinzufügen und anklopfen. Ihr sprecht, sobald ihr euch beide hinzugefügt habt.

settings-sound = Ton und Kamera
settings-sound-about = Mikrofon, Lautsprecher, Kamera, jeweils mit Test
settings-sound-hint = Deine Wahl gilt ab dem nächsten Anruf und sofort in einem laufenden.
settings-processing = Stimme aufbereiten
settings-processing-about = Nimmt Echo und Rauschen weg und gleicht die Lautstärke aus. Lass es an, außer du spielst Musik.
settings-low-delay = Geringste Verzögerung
settings-low-delay-about = Etwas schneller bei guter Verbindung, für etwas mehr Daten.

settings-picture = Bild
settings-picture-about = Wie Bilder gezeigt werden und was deines kosten darf
settings-picture-theirs = Das Bild der anderen Seite
settings-fit = In einem Fenster anderer Form
settings-fit-fit = Ganz, mit Rand
settings-fit-fill = Füllend, beschnitten
settings-picture-mine = Mein Bild
settings-prefer = Bei enger Verbindung
settings-prefer-about = Flüssig für Gebärden und Lippenlesen, scharf, um etwas zu zeigen.
settings-prefer-balanced = Von beidem etwas
settings-prefer-sharpness = Scharf bleiben
settings-prefer-motion = Flüssig bleiben
settings-max-kbps = Höchstens
settings-max-kbps-about = Mehr sieht besser aus, wenn die Verbindung es trägt.
settings-kbps = { $kbps } kbit/s

settings-quiet = Privatsphäre und Ruhe
settings-quiet-about = Nicht stören, zweite Anrufe, stumme und blockierte Leute
settings-quiet-hint = Stumm schalten und blockieren kannst du auf der Seite der Person. Sie erfährt es nicht.
settings-dnd = Nicht stören
settings-dnd-about = Anrufe bleiben stumm und enden als verpasst.
settings-waiting = Zweite Anrufe
settings-waiting-about = Wer anruft, während du sprichst, klingelt leise. Ausgeschaltet hört die Person, dass besetzt ist.
settings-silent = Stumme Leute
settings-silent-none = Niemand. Alle Anrufe klingeln.
settings-silent-back = Klingeln lassen
settings-silent-back-spoken = Anrufe von { $name } wieder klingeln lassen
settings-blocked = Blockierte Leute
settings-blocked-none = Niemand ist blockiert.
settings-blocked-back = Freigeben
settings-blocked-back-spoken = { $name } freigeben

settings-network = Netz und Daten
settings-network-about = Wie Telefone sich finden und wie viele Daten Anrufe brauchen
settings-reach = Dieses Telefon erreichen
settings-listening = Erreichbar unter { $addresses }
settings-listening-nowhere = Noch nicht erreichbar. Prüfe, ob dieses Gerät im Netz ist.
settings-reach-about = Anrufe gehen direkt von Telefon zu Telefon, wo die Netze es erlauben. Die andere Person sieht dann deine Netzadresse, wie bei jedem direkten Anruf.
settings-relay = Relais
settings-relay-about = Ein Relais hilft zwei Telefonen, sich zu finden, und reicht Pakete weiter, wo kein direkter Weg ist. Es sieht Netzadressen, Zeiten und Mengen, nie Ton, Bild, Namen oder Nachrichten.
settings-relay-default = Öffentliche Relais
settings-relay-none = Kein Relais
settings-relay-field = Adresse eines eigenen Relais
settings-relay-field-hint = https://…
settings-relay-save = Nutzen
settings-relay-save-spoken = Dieses Relais nutzen
settings-relay-when = Gilt ab dem nächsten Start von Ahoy. Ohne Relais erreichst du nur Telefone mit direktem Weg.
settings-low-data = Wenig Daten nutzen
settings-low-data-about = Ein kleines Bild, etwa 300 kbit/s insgesamt, für Anrufe, die Geld kosten.

settings-looks = Aussehen und Sprache
settings-looks-about = Sprache, Schriftgröße, Farben, Bewegung, große Knöpfe
settings-language = Sprache
settings-text-size = Schriftgröße
settings-percent = { $percent } %
settings-theme = Farben
settings-theme-light = Hell
settings-theme-dark = Dunkel
settings-motion = Bewegung
settings-motion-about = Mit weniger Bewegung gleitet und blendet nichts.
settings-motion-less = Weniger
settings-motion-normal = Normal
settings-big-buttons = Große Knöpfe
settings-big-buttons-about = Weniger und größere Knöpfe. Anrufe von Leuten, die du bestimmst, können dann von selbst angenommen werden.

settings-backup = Sicherung
settings-backup-about = Identität und Kontakte aufbewahren
settings-export = Eine Sicherung anlegen
settings-export-about = In einem Terminal legt dies deine Identität und deine Kontakte in eine Datei, die nur deine Passphrase öffnet:
settings-export-command = ahoy export ahoy.backup
settings-import = Eine Sicherung einspielen
settings-import-about = Auf einem neuen Gerät, bevor du jemanden hinzufügst:
settings-import-command = ahoy import ahoy.backup
settings-backup-hint = Nachrichten und frühere Anrufe sind nicht darin. Wer Datei und Passphrase hat, kann du sein: Bewahre beides gut und getrennt auf.

settings-about = Über Ahoy
settings-about-about = Version, Lizenz, was andere sehen können
settings-version = Ahoy { $version }
settings-licence = Freie Software unter { $licence }. Kein Konto, keine Werbung, nichts wird gezählt.
settings-parts = Die Schriften Inter und Noto stehen unter der SIL Open Font License.
settings-seen = Was andere sehen können
settings-seen-calls = Anrufe und Nachrichten sind von Telefon zu Telefon versiegelt. Niemand dazwischen hört, sieht oder liest sie.
settings-seen-contacts = Wer deinen Link hat, kann erkennen, ob dein Telefon im Netz ist. Wen du nicht hinzugefügt oder blockiert hast, der klingelt nie.
settings-seen-network = Solange die Seite „Jemanden hinzufügen“ offen ist, sehen Telefone im selben Netz deinen Namen.
settings-seen-relay = Ein Relais sieht zwei Schlüssel, zwei Netzadressen, Zeiten und Mengen, sonst nichts.
settings-seen-disk = Was dieses Telefon aufbewahrt, ist mit einem Schlüssel versiegelt, der daneben liegt: Schütze das Gerät mit einer Sperre.
settings-first-run = Die ersten Schritte zeigen
settings-first-run-about = Name, Mikrofon, Lautsprecher, Kamera und Code, eins nach dem anderen.

## Was das Telefon zu sagen hat

notices-message = { $name } hat dir geschrieben.
notices-called-meanwhile = { $name } hat angerufen, während dein Telefon nicht erreichbar war.
notices-unreachable = { $name } ist nicht erreichbar. Das andere Telefon ist vielleicht aus oder ohne Netz.
notices-turned-away = { $name } nimmt keine Anrufe von dir an. Frag, ob du dort hinzugefügt bist.
notices-unreadable = { $name } kann nicht lesen, was du schreibst. Fügt euch neu hinzu.
notices-new-installation = { $name } hat ein neues oder wiederhergestelltes Telefon. Vergleicht die Sicherheitswörter.
notices-compare-asked = { $name } möchte Emoji mit dir vergleichen.
notices-compare-absent = { $name } ist nicht erreichbar. Zum Vergleichen müssen beide Telefone laufen.
notices-compare-failed = { $name } ist nicht bestätigt: Der Vergleich wurde nicht beendet. Du kannst neu beginnen.
notices-compare-different = { $name } ist NICHT bestätigt: Vielleicht steht jemand zwischen euch. Sag nichts Geheimes.
notices-knock = Jemand möchte dich hinzufügen. Öffne „Jemanden hinzufügen“, um zu sehen, wer.
notices-pair-told = Das andere Telefon weiß Bescheid. Die Person muss dich noch hinzufügen.
notices-pair-closed = Hinzugefügt. Die andere Person muss dich auch hinzufügen: Bitte sie, „Jemanden hinzufügen“ zu öffnen.
notices-pair-absent = Hinzugefügt. Das andere Telefon ist gerade nicht erreichbar, und die Person muss dich auch hinzufügen.
notices-other-key = { $name } ist hinzugefügt, aber du kennst ein anderes Telefon mit diesem Namen. Vergleicht die Sicherheitswörter, bevor du vertraust.
notices-call-failed = Der Anruf konnte nicht beginnen.
notices-not-recorded = Der Anruf fehlt unter den früheren Anrufen.
notices-in-call = Ein Anruf läuft. Beende ihn zuerst.
notices-not-now = Das geht gerade nicht: Der Anruf ist beendet oder noch im Aufbau.
notices-nothing-held = Kein Anruf wird gehalten.
notices-nothing-compared = Es werden keine Emoji verglichen.
notices-not-nearby = Das andere Telefon ist nicht mehr zu sehen. Bitte die Person, „Jemanden hinzufügen“ zu öffnen.
notices-unknown = Hier heißt niemand { $name }.
notices-ambiguous = { $name } passt auf mehrere Leute. Wähle jemanden aus der Liste.
notices-blocked = { $name } ist blockiert. Gib die Person zuerst frei.
notices-not-verified = { $name } ist nicht bestätigt. Vergleicht zuerst die Sicherheitswörter.
notices-name-taken = Jemand anderes heißt schon { $name }. Wähle einen anderen Namen.
notices-bad-name = Dieser Name geht nicht. Mach ihn kürzer, ohne Zeilenumbruch.
notices-bad-link = Dieser Link lässt sich nicht nutzen. Bitte um einen neuen.
notices-bad-message = Diese Nachricht lässt sich nicht senden.
notices-bad-setting = Dieser Wert geht nicht, der alte bleibt.
notices-storage = Das Telefon kann sich das nicht merken. Prüfe, ob die Platte voll oder gesperrt ist.
notices-busy = Das Telefon hat zu viel zu tun. Versuch es gleich noch einmal.
notices-closing = Ahoy wird geschlossen.
notices-other = Das hat nicht geklappt.
notices-microphone-failed = Dein Mikrofon ist ausgefallen, der Anruf geht ohne weiter.
notices-speaker-failed = Dein Lautsprecher ist ausgefallen, der Anruf geht ohne weiter.
notices-camera-failed = Deine Kamera ist ausgefallen, der Anruf geht ohne weiter.
notices-screen-failed = Die Bilder lassen sich nicht mehr schreiben, der Anruf geht weiter.
notices-microphone-back = Dein Mikrofon geht wieder.
notices-speaker-back = Dein Lautsprecher geht wieder.
notices-camera-back = Deine Kamera geht wieder.
notices-screen-back = Die Bilder werden wieder geschrieben.
# Hinweise auf dem Schreibtisch.
notice-voice-call = Sprachanruf
notice-video-call = Videoanruf
notice-answer = Annehmen
notice-decline = Ablehnen
notice-call-back = Zurückrufen
notice-missed = { $count ->
    [one] Verpasster Anruf
   *[other] { $count } verpasste Anrufe
}
notice-written = { $count ->
    [one] Neue Nachricht
   *[other] { $count } neue Nachrichten
}
