// The completion script for bash 3.2 and newer. Words of ours are plain, so none needs quoting.
import type { Vocabulary } from './completion.ts';

/** Returns the script: our words before `--`, commands and files after it. */
export const bashScript = ({ commands, options, operands, values, files, free }: Vocabulary): string => `\
# bash completion for vllm-launch: source <(vllm-launch completion bash)
_vllm_launch() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command= words= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      --)
        if ((i == COMP_CWORD - 1)); then COMPREPLY=($(compgen -c -- "$current")); fi
        return
        ;;
      ${commands.map(({ word }) => word).join('|')}) if [[ -z $command ]]; then command=\${COMP_WORDS[i]}; fi ;;
    esac
  done
  if [[ $current == = ]]; then current=; fi
  if [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  case $before in
${Object.entries(values)
  .map(([option, words]) => `    ${option}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current")); return ;;`)
  .join('\n')}
    ${files.join('|')}) return ;;
    ${free.join('|')}) compopt +o default +o bashdefault 2> /dev/null; return ;;
  esac
  case $command in
    '') words='${commands.map(({ word }) => word).join(' ')} --help --version' ;;
${Object.entries(operands)
  .map(
    ([name, words]) =>
      `    ${name}) words='${[...(options[name] ?? []).map(({ word }) => word), ...words, '--help'].join(' ')}' ;;`,
  )
  .join('\n')}
  esac
  compopt +o default +o bashdefault 2> /dev/null
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _vllm_launch vllm-launch
`;
