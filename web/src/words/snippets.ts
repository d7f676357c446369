// What a program needs to use this server, ready to be copied.

export const PROGRAMS = ["curl", "openai", "environment"] as const;
export type Program = (typeof PROGRAMS)[number];

const PROMPT = "a red fox in the snow --ar 3:2";

/** A piece for a program, with the server's address; `keys` says whether it must show a key. */
export function snippet(program: Program, address: string, keys: boolean): string {
  return { curl, openai, environment }[program](address, keys);
}

function curl(address: string, keys: boolean): string {
  const lines = [
    `curl ${address}/api/jobs`,
    ...(keys ? [`-H "Authorization: Bearer $SFUMATO_KEY"`] : []),
    `-H "Content-Type: application/json"`,
    `-d '{"prompt": "${PROMPT}"}'`,
  ];
  return lines.join(" \\\n  ");
}

function openai(address: string, keys: boolean): string {
  const key = keys ? `os.environ["SFUMATO_KEY"]` : `"none"`;
  return `${keys ? "import os\n" : ""}from openai import OpenAI

client = OpenAI(base_url="${address}/v1", api_key=${key})
answer = client.images.generate(prompt="${PROMPT}")
print(answer.data[0].b64_json[:40])`;
}

function environment(address: string, keys: boolean): string {
  const key = keys ? "YOUR_KEY" : "none";
  return `# sfumato's own commands
export SFUMATO_SERVER=${address}
export SFUMATO_KEY=${key}
# programs that know OpenAI
export OPENAI_BASE_URL=${address}/v1
export OPENAI_API_KEY=${key}`;
}
