// node parameters.mjs HUB REPOSITORY: the parameters by dtype that Hugging Face's own client counts in a repository's files, as JSON.
import { parseSafetensorsMetadata } from "@huggingface/hub";

const [hubUrl, repo] = process.argv.slice(2);
const { parameterCount } = await parseSafetensorsMetadata({ repo, hubUrl, computeParametersCount: true });
console.log(JSON.stringify(parameterCount));
