#!/usr/bin/env bash
# Makes the voices that sound is judged by, from packages of this system: OUTDIR/voice-*.wav, one speaker each, 8 s, and OUTDIR/mixed.wav,
# a conversation of all of them. 48 kHz, mono, 16 bit, every voice at the same level. Nothing of it is ever committed.
#
#   ./x needs the packages; by hand: tests/sound/voices.sh OUTDIR
#
# A source that is not on this machine is left out and named; four speakers, one of them recorded, are the least that will do.
set -euo pipefail

out=${1:?usage: voices.sh OUTDIR}
# Speech of people and of machines is scored over this long: P.862 asks for 8 to 12 s.
seconds=8
# A turn of the conversation: long enough to hear damage, short enough that each voice comes twice.
turn=4
# Root mean square of every voice, dB below full scale (P.56's usual nominal level): its peaks stay below full scale.
level=-26

# name      how it is made    of what                             speaker, real width of band
#   g722    prompts of the Asterisk exchange, recorded in a studio: G.722, 16 kHz, so 7 kHz of sound
#   wav     channel announcements of ALSA, recorded: 48 kHz, full band
#   espeak  synthetic: eSpeak NG, 22 kHz
voices='
allison  g722    en_US_f_Allison      woman, American English, recorded, wide band
june     g722    fr_CA_f_June         woman, Canadian French, recorded, wide band
carlo    g722    it_IT_m_Carlo        man, Italian, recorded, wide band
ivrvoice g722    ru_RU_f_IvrvoiceRU   woman, Russian, recorded, wide band
alsa     wav     /usr/share/sounds/alsa woman, American English, recorded, full band
edward   espeak  en-gb+m3             man, British English, synthetic
gerda    espeak  de+f2                woman, German, synthetic
'
english='The ferry leaves at a quarter past seven, and we should be on board before the fog comes in.
Bring the heavy coat, three sandwiches and the small yellow box that your brother left beside the stove.
If nobody answers the door, walk around the house twice and knock on the kitchen window.
Please measure the shelf again; last time it was eleven centimetres short.'
german='Morgen früh fährt der erste Zug um zehn nach sechs, und wir wollen vorher noch Brot und Käse kaufen.
Hast du die Schlüssel gefunden, die gestern Abend hinter dem Schrank verschwunden sind?
Der Garten braucht dringend Regen, sonst vertrocknen die jungen Bäume am Zaun.
Ruf mich bitte an, sobald du weißt, wie viele Gäste am Samstag kommen.'
asterisk=/usr/share/asterisk/sounds

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
rm -f "$out"/voice-*.wav "$out/mixed.wav"

# Everything that voice $1 (kind $2, source $3) has to say, into $work/$1.wav. False when the source is not here.
speak() {
  case $2 in
    g722)
      # The long demonstration texts: whole sentences, read by each of the speakers.
      local file=$asterisk/$3/demo-instruct.g722
      [ -r "$file" ] && ffmpeg -nostdin -v error -f g722 -i "$file" -ar 48000 -ac 1 -y "$work/$1.wav" ;;
    wav)
      [ -r "$3/Front_Center.wav" ] && sox "$3"/{Front,Rear,Side}_*.wav -c 1 -r 48000 "$work/$1.wav" ;;
    espeak)
      local text=$english
      case $3 in de*) text=$german ;; esac
      command -v espeak-ng >/dev/null && espeak-ng -v "$3" -s 160 -w "$work/$1-raw.wav" -- "$text" &&
        sox "$work/$1-raw.wav" -c 1 -r 48000 "$work/$1.wav" ;;
  esac
}

# $1 at the nominal level, 16 bit, into $2. No dither: the files are the same every time.
levelled() {
  local rms
  rms=$(sox "$1" -n stats 2>&1 | awk '/^RMS lev dB/{print $4}')
  sox -D "$1" -b 16 "$2" gain "$(awk -v have="$rms" -v want="$level" 'BEGIN{print want - have}')"
}

recorded=0 made=()
while read -r name kind source speaker; do
  [ -n "$name" ] || continue
  if ! speak "$name" "$kind" "$source"; then
    echo "voices: no $name ($speaker): $source is not on this machine" >&2
    continue
  fi
  # Half a second at most of the silence before the first word.
  sox "$work/$name.wav" "$work/$name-said.wav" silence 1 0.05 0.5% pad 0.3
  sox "$work/$name-said.wav" "$work/$name-clip.wav" trim 0 "$seconds"
  levelled "$work/$name-clip.wav" "$out/voice-$name.wav"
  made+=("$name")
  [ "$kind" = espeak ] || recorded=$((recorded + 1))
done <<<"$voices"

if [ "${#made[@]}" -lt 4 ] || [ "$recorded" -lt 1 ]; then
  echo "voices: only ${#made[@]} voices could be made, $recorded of them recorded; four are the least, one recorded" >&2
  exit 2
fi

# The conversation: everybody speaks twice, in turn, and says other things the second time.
turns=()
for round in 0 1; do
  for name in "${made[@]}"; do
    sox "$out/voice-$name.wav" "$work/turn-$round-$name.wav" trim $((round * turn)) "$turn" fade t 0.01 -0 0.01
    turns+=("$work/turn-$round-$name.wav")
  done
done
sox -D "${turns[@]}" -b 16 "$out/mixed.wav"
