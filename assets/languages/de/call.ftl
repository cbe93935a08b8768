# Die Seiten eines Anrufs.

parts-dialing = Anrufen…
parts-alerting = Es klingelt…
parts-ringing = Ruft dich an
parts-connecting = Verbinden…
parts-active = Verbunden
parts-reconnecting = Neu verbinden…
parts-ended = Anruf beendet
parts-call = Anrufen
parts-call-spoken = { $name } anrufen
parts-video = Video
parts-video-spoken = { $name } mit Video anrufen
parts-verified = Geprüft

outgoing-voice = Sprachanruf
outgoing-video = Videoanruf
outgoing-cancel = Abbrechen
outgoing-cancel-spoken = Anruf bei { $name } abbrechen

incoming-voice = Anruf für dich
incoming-video = Videoanruf für dich
incoming-keys = Eingabe nimmt an, Escape lehnt ab
incoming-by-itself = Der Anruf wird gleich von selbst angenommen
incoming-decline-and-say = Ablehnen und sagen
incoming-reply-later = Ich rufe zurück
incoming-reply-meeting = In einem Gespräch
incoming-reply-not-now = Ich kann gerade nicht
incoming-decline = Ablehnen
incoming-decline-spoken = Anruf von { $name } ablehnen
incoming-decline-saying = Anruf von { $name } ablehnen: { $words }
incoming-without-video = Ohne Video
incoming-without-video-spoken = Anruf von { $name } annehmen, ohne Video zu senden
incoming-with-video-spoken = Anruf von { $name } mit Video annehmen
incoming-answer = Annehmen
incoming-answer-spoken = Anruf von { $name } annehmen
incoming-words = Mit Worten
incoming-words-spoken = Mit ein paar Worten ablehnen
incoming-own-words = Mit eigenen Worten
incoming-own-words-label = Eigene Worte für { $name }
incoming-send = Senden
incoming-send-spoken = Anruf von { $name } mit diesen Worten ablehnen

switches-mute = Stumm
switches-muted = Stumm: an
switches-muted-spoken = Du bist stumm. Mikrofon einschalten
switches-start-video = Video an
switches-start-video-spoken = Deine Kamera ist aus. Video starten
switches-stop-video = Video aus
switches-stop-video-spoken = Deine Kamera ist an. Video beenden
switches-hold = Halten
switches-resume = Weiter
switches-resume-spoken = Du hältst diesen Anruf. Weiter sprechen

bar-sound = Ton
bar-sound-spoken = Mikrofon und Lautsprecher wählen
bar-chat = Chat
bar-chat-spoken = Nachrichten lesen und schreiben; der Anruf läuft weiter
bar-more = Mehr
bar-more-spoken = Weitere Knöpfe
bar-hang-up = Auflegen
bar-you-muted = Du bist stumm
bar-you-muted-talking = Du bist stumm: niemand hört, was du sagst

line-minimise = Verkleinern
line-minimise-spoken = Verkleinern: etwas anderes tun, der Anruf läuft weiter
line-good = Gut
line-fair = Mittel
line-poor = Schwach
line-bad = Schlecht
line-cause-mine = dein Netz
line-cause-theirs = Netz der Gegenseite
line-cause-relayed = über ein Relay
line-cause-far = weit weg
line-cause-processor = dieses Gerät ist ausgelastet
line-reconnecting = Neu verbinden… { $seconds } s
line-held = Gehalten
line-they-muted = { $name } ist stumm
line-they-dark = Kamera von { $name } ist aus

sheet-minimise = Verkleinern
sheet-minimise-spoken = Verkleinern: etwas anderes tun, der Anruf läuft weiter
sheet-fill = Fenster ausfüllen
sheet-fill-spoken = Das ganze Bild ist zu sehen. Das Fenster damit ausfüllen
sheet-fit = Ganzes Bild zeigen
sheet-fit-spoken = Das Bild füllt das Fenster. Alles davon zeigen
sheet-hide-me = Mein Bild vor mir verbergen
sheet-show-me = Mir mein Bild zeigen
sheet-small-window = In kleinem Fenster
sheet-small-window-spoken = Ihr Bild in einem kleinen Fenster über allen anderen
sheet-verify = Prüfen
sheet-verify-spoken = Emoji mit { $name } vergleichen, um sicher zu sein, wer es ist
sheet-full-screen = Vollbild
sheet-keys = Tasten
sheet-microphone = Mikrofon
sheet-speaker = Lautsprecher
sheet-system = Wahl des Systems
sheet-in-use = { $name }, in Gebrauch

in-call-picture = Bild von { $name }
in-call-own-picture = Mein eigenes Bild
in-call-held-by-me = Gehalten: zum Sprechen auf „Weiter“ drücken
in-call-held-by-them = { $name } hält den Anruf

tile-restore-spoken = Zurück zum Anruf mit { $name }
tile-hang-up = Auflegen
tile-hang-up-spoken = Anruf mit { $name } beenden
tile-held = Gehalten
tile-muted = Du bist stumm

numbers-toggle = Zahlen
numbers-toggle-spoken = Den Anruf in Zahlen zeigen oder verbergen
numbers-me = Du
numbers-measuring = Es wird gemessen…
numbers-delay = { $ms } ms von Mund zu Ohr
numbers-losses = { $lost } % der Pakete verloren, { $repaired } zurückgeholt, { $ms } ms ersetzt
numbers-sending = Ich sende { $kbps } kbit/s in Rahmen von { $ms } ms{ $times ->
    [1] {""}
    [2] , jeden zweimal
   *[other] , jeden { $times }-mal
  }
numbers-redundancy = mit Redundanz
numbers-picture = Mein Bild hat { $width }×{ $height }, { $fps } pro Sekunde, { $kbps } kbit/s
numbers-no-picture = Ich sende kein Bild
numbers-way = Der Weg trägt etwa { $kbps } kbit/s; { $queue } ms in Warteschlangen, { $lost } % der Bildpakete verloren
numbers-parts = Davon { $frame } ms Rahmen, { $codec } ms Codec, { $network } ms Netz, { $buffer } ms Puffer, { $speaker } ms Lautsprecher
numbers-copy = Kopieren
numbers-copy-spoken = Diese Zahlen als Text kopieren
numbers-copied = Die Zahlen sind kopiert.
numbers-not-copied = Die Zahlen ließen sich nicht kopieren: Es gibt keine Zwischenablage.
numbers-close = Schließen
numbers-close-spoken = Die Zahlen verbergen
numbers-picture-in = Ihr Bild hat { $width }×{ $height }, { $fps } pro Sekunde, ist { $ms } ms alt und stand { $freezes ->
    [one] einmal
   *[other] { $freezes }-mal
  } still
numbers-no-picture-in = Es kommt kein Bild an
numbers-path-direct = Direkter Weg, { $ms } ms hin und zurück, { $lost } % gehen auf dem Hinweg verloren
numbers-path-relay = Weg über ein Relay, { $ms } ms hin und zurück, { $lost } % gehen auf dem Hinweg verloren

plot-delay = Verzögerung { $now } ms, höchstens { $most }
plot-lost = Verlust { $now } %, höchstens { $most }
plot-sent = Gesendet { $now } kbit/s, höchstens { $most }
plot-received = Empfangen { $now } kbit/s, höchstens { $most }
plot-size = Zeilen ihres Bilds: { $now }, höchstens { $most }

ended-over = Anruf beendet
ended-i-hung-up = Du hast aufgelegt.
ended-they-hung-up = { $name } hat aufgelegt.
ended-cancelled = Anruf abgebrochen
ended-cancelled-detail = Du hast ihn beendet, bevor er verbunden war.
ended-declined = Abgelehnt
ended-they-declined = { $name } möchte jetzt nicht sprechen.
ended-i-declined = Du hast den Anruf abgelehnt.
ended-quoted = „{ $words }“
ended-busy = Besetzt
ended-they-busy = { $name } ist in einem anderen Anruf.
ended-missed = Verpasster Anruf
ended-missed-detail = { $name } hat angerufen.
ended-i-busy = Du warst in einem anderen Anruf.
ended-no-answer = Keine Antwort
ended-no-answer-detail = Es hat geklingelt, aber { $name } ging nicht ran.
ended-unreachable = Nicht erreichbar
ended-unreachable-detail = Das Telefon von { $name } ist aus oder hat kein Netz. Versuch es später noch einmal.
ended-refused = Zurückgewiesen
ended-refused-detail = Das Telefon von { $name } nimmt deine Anrufe nicht an: Es hat dich nicht hinzugefügt, hat dich gesperrt oder läuft mit einer anderen Version.
ended-lost = Verbindung verloren
ended-lost-detail = Von { $name } war nichts mehr zu hören.
ended-not-connected = Nicht verbunden
ended-not-connected-detail = Der Anruf wurde angenommen, aber für Ton und Bild fand sich kein Weg.
ended-failed = Der Anruf ist gescheitert
ended-failed-detail = Mikrofon, Lautsprecher, Kamera oder Netz ließen sich nicht öffnen.
ended-back = Zurück
ended-back-spoken = Diesen Anruf verlassen
ended-write = Schreiben
ended-write-spoken = { $name } schreiben
ended-call-again = Noch einmal
ended-call-again-spoken = { $name } noch einmal anrufen
ended-call-back = Zurückrufen
ended-call-back-spoken = { $name } zurückrufen
ended-losses = { $lost } % verloren, { $invented } s ersetzt
ended-delay = im Mittel { $ms } ms Verzögerung

banner-rings = { $name } ruft an
banner-rings-video = { $name } ruft mit Video an
banner-rings-silently = { $name } ruft lautlos an
banner-held = { $name } wird gehalten
banner-goes-on = Du bist im Anruf mit { $name }
banner-answer = Annehmen
banner-answer-spoken = Anruf von { $name } annehmen
banner-decline = Ablehnen
banner-decline-spoken = Anruf von { $name } ablehnen
banner-hang-up = Auflegen
banner-hang-up-spoken = Anruf mit { $name } beenden
banner-hold-and-answer = Halten & annehmen
banner-hold-and-answer-spoken = Diesen Anruf halten und den von { $name } annehmen
banner-end-and-answer = Beenden & annehmen
banner-end-and-answer-spoken = Diesen Anruf beenden und den von { $name } annehmen
banner-swap = Wechseln
banner-swap-spoken = Diesen Anruf halten und mit { $name } sprechen
banner-resume = Weiter
banner-resume-spoken = Mit { $name } weitersprechen

shortcuts-title = Tasten
shortcuts-close = Schließen
shortcuts-help-key = F1, ?
shortcuts-help = Diese Liste
shortcuts-tab-key = Tab
shortcuts-tab = Zum nächsten Knopf oder Feld
shortcuts-escape-key = Esc
shortcuts-escape = Schließen, zurück, Anruf ablehnen; ein laufender Anruf läuft weiter
shortcuts-enter-key = Eingabe
shortcuts-enter = Anruf annehmen, drücken, was im Fokus ist
shortcuts-mute-key = M
shortcuts-mute = Stumm an, aus
shortcuts-space-key = Leertaste
shortcuts-space = Sprechen, solange sie gehalten wird, wenn du stumm bist
shortcuts-video-key = V
shortcuts-video = Kamera an, aus
shortcuts-hold-key = H
shortcuts-hold = Halten, weiter
shortcuts-numbers-key = N
shortcuts-numbers = Der Anruf in Zahlen
shortcuts-minimise-key = P
shortcuts-minimise = Den Anruf verkleinern
shortcuts-full-screen-key = F, F11
shortcuts-full-screen = Vollbild; der Buchstabe nur im Anruf
shortcuts-hang-up-key = Strg+Umschalt+H
shortcuts-hang-up = Auflegen
shortcuts-scroll-key = Bild auf, Bild ab
shortcuts-scroll = Blättern
shortcuts-arrows-key = Pfeiltasten
shortcuts-arrows = Mein Bild oder einen verkleinerten Anruf in eine andere Ecke bewegen

demo-about = Um ein Tablet auf einem Tisch zu zeigen: Echo über den ganzen Bildschirm, mit Zahlen.
demo-begin = Auf dem Tisch zeigen
demo-begin-spoken = Echo über den ganzen Bildschirm anrufen, mit Zahlen
demo-leave = Zum Verlassen irgendwo drücken, oder Escape
demo-busy = Beende erst deinen Anruf.

compare-asked = { $name } möchte Emoji vergleichen
compare-asked-hint = Beide Telefone zeigen sieben Wörter. Lest sie einander vor, während ihr sprecht.
compare-not-now = Nicht jetzt
compare-not-now-spoken = Nicht jetzt: den Vergleich verlassen
compare-join = Vergleichen
compare-waiting = Warten auf { $name }
compare-waiting-hint = Das andere Telefon muss mitmachen. Frag nach, während ihr sprecht.
compare-cancel = Abbrechen
compare-cancel-spoken = Abbrechen: den Vergleich verlassen
compare-same = Sieht { $name } dasselbe?
compare-same-hint = Lest einander die Wörter in dieser Reihenfolge vor, oder die Zahlen.
compare-sign-spoken = { $place }: { $name }
compare-they-differ = Sie sind verschieden
compare-they-match = Sie sind gleich
compare-waiting-for-peer = Du hast gesagt, dass sie gleich sind
compare-waiting-for-peer-hint = Nun muss { $name } es auch sagen.
compare-done = { $name } ist geprüft
compare-done-hint = Niemand steht zwischen euren beiden Telefonen.
compare-failed = { $name } ist NICHT geprüft
compare-close = Schließen
compare-close-spoken = Schließen: den Vergleich verlassen
# Welches der 64 Emoji, von 0 an gezählt, in der Reihenfolge der Matrix-Spezifikation.
compare-emoji = { $index ->
    [0] Hund
    [1] Katze
    [2] Löwe
    [3] Pferd
    [4] Einhorn
    [5] Schwein
    [6] Elefant
    [7] Hase
    [8] Panda
    [9] Hahn
    [10] Pinguin
    [11] Schildkröte
    [12] Fisch
    [13] Oktopus
    [14] Schmetterling
    [15] Blume
    [16] Baum
    [17] Kaktus
    [18] Pilz
    [19] Globus
    [20] Mond
    [21] Wolke
    [22] Feuer
    [23] Banane
    [24] Apfel
    [25] Erdbeere
    [26] Mais
    [27] Pizza
    [28] Kuchen
    [29] Herz
    [30] Lächeln
    [31] Roboter
    [32] Hut
    [33] Brille
    [34] Schraubenschlüssel
    [35] Weihnachtsmann
    [36] Daumen hoch
    [37] Regenschirm
    [38] Sanduhr
    [39] Uhr
    [40] Geschenk
    [41] Glühbirne
    [42] Buch
    [43] Bleistift
    [44] Büroklammer
    [45] Schere
    [46] Schloss
    [47] Schlüssel
    [48] Hammer
    [49] Telefon
    [50] Flagge
    [51] Zug
    [52] Fahrrad
    [53] Flugzeug
    [54] Rakete
    [55] Pokal
    [56] Ball
    [57] Gitarre
    [58] Trompete
    [59] Glocke
    [60] Anker
    [61] Kopfhörer
    [62] Ordner
   *[63] Stecknadel
  }
