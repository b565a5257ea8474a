// The completion script for zsh, to be a file _vllm-launch in fpath or to be sourced after compinit.
import type { CompletionWord, Vocabulary } from './completion.ts';

/** Returns the script: our words before `--`, an ordinary command line after it. */
export const zshScript = ({ commands, options, operands, values, files, free }: Vocabulary): string => `\
#compdef vllm-launch
# zsh completion: vllm-launch completion zsh > a file _vllm-launch in a directory of $fpath
_vllm_launch() {
  local command= before=$words[CURRENT-1]
  local -a choices
  integer i
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      --) shift $i words; ((CURRENT -= i)); _normal; return ;;
      ${commands.map(({ word }) => word).join('|')}) [[ -z $command ]] && command=$words[i] ;;
    esac
  done
  case $before in
${Object.entries(values)
  .map(([option, words]) => `    ${option}) compadd -- ${words.join(' ')}; return ;;`)
  .join('\n')}
    ${files.join('|')}) _files; return ;;
    ${free.join('|')}) return ;;
  esac
  case $command in
    '') choices=(${commands.map(described).join(' ')}) ;;
${Object.entries(operands)
  .map(([name, words]) => `    ${name}) choices=(${[...words, ...(options[name] ?? []).map(described)].join(' ')}) ;;`)
  .join('\n')}
  esac
  _describe 'vllm-launch' choices
}
if [[ $funcstack[1] == _vllm_launch ]]; then _vllm_launch "$@"; else compdef _vllm_launch vllm-launch; fi
`;

const described = ({ word, about }: CompletionWord): string => `'${word}:${about.replaceAll("'", `'\\''`)}'`;
