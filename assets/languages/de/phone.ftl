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
