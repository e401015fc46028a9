const others = new RegExp(
  [
    'embedding|whisper|tts|transcribe|dall-e|image|moderation|realtime|audio|sora|davinci|babbage',
    'gpt-3\\.5-turbo-instruct|codex|deep-research',
  ].join('|'),
);

/** OpenAI lists everything it hosts, without saying what it is for; what cannot chat is told by its name. */
export function isChatModelName(name: string): boolean {
  return !others.test(name);
}
