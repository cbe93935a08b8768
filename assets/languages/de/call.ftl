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

incoming-voice = Anruf für dich
incoming-video = Videoanruf für dich
incoming-keys = Eingabe nimmt an, Escape lehnt ab
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

outgoing-voice = Sprachanruf
outgoing-video = Videoanruf
outgoing-cancel = Abbrechen
outgoing-cancel-spoken = Anruf bei { $name } abbrechen

in-call-picture = Bild von { $name }
in-call-own-picture = Mein eigenes Bild
in-call-mute = Stumm
in-call-muted = Stumm: an
in-call-muted-spoken = Du bist stumm. Mikrofon einschalten
in-call-start-video = Video an
in-call-start-video-spoken = Deine Kamera ist aus. Video starten
in-call-stop-video = Video aus
in-call-stop-video-spoken = Deine Kamera ist an. Video beenden
in-call-hold = Halten
in-call-resume = Weiter
in-call-resume-spoken = Du hältst diesen Anruf. Weiter sprechen
in-call-verify = Prüfen
in-call-verify-spoken = Emoji mit { $name } vergleichen, um sicher zu sein, wer es ist
in-call-hang-up = Auflegen
in-call-held = Gehalten
in-call-held-by-me = Gehalten: zum Sprechen auf „Weiter“ drücken
in-call-held-by-them = { $name } hält den Anruf
in-call-you-muted = Du bist stumm
in-call-you-muted-talking = Du bist stumm: niemand hört, was du sagst
in-call-they-muted = { $name } ist stumm

numbers-toggle = Zahlen
numbers-toggle-spoken = Den Anruf in Zahlen zeigen oder verbergen
numbers-me = Du
numbers-measuring = Es wird gemessen…
numbers-delay = { $ms } ms von Mund zu Ohr
numbers-parts = { $frame } Rahmen, { $codec } Codec, { $network } Netz, { $buffer } Puffer, { $speaker } Lautsprecher
numbers-losses = { $lost } % der Pakete verloren, { $repaired } zurückgeholt, { $ms } ms ersetzt
numbers-sending = Ich sende { $kbps } kbit/s in Rahmen von { $ms } ms{ $times ->
    [1] {""}
    [2] , jeden zweimal
   *[other] , jeden { $times }-mal
  }
numbers-redundancy = mit Redundanz
numbers-picture = Mein Bild hat { $size }, { $fps } pro Sekunde, { $kbps } kbit/s
numbers-no-picture = Ich sende kein Bild
numbers-way = Der Weg trägt etwa { $kbps } kbit/s; { $queue } ms in Warteschlangen, { $lost } % der Bildpakete verloren

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
