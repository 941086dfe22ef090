export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof shells)[number]

/** Said instead of candidates, where the shell itself knows best. */
export const filesMark = ':files'

/** What each shell is told. None evaluates what was typed: the words are passed on as they stand. */
export const scripts: Readonly<Record<Shell, string>> = {
  // COMP_WORDS has `=` as a word of its own, and words with their quotes. Without mapfile, for the bash 3.2 of macOS.
  bash: `_dbtool() {
  local word line quotes=$'[\\'"]' cur="\${COMP_WORDS[COMP_CWORD]}"
  local -a typed=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do [[ $word == "=" ]] || typed+=("\${word//$quotes/}"); done
  if [[ $cur == "=" ]]; then cur=""; typed+=(""); fi
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(dbtool completion bash -- "\${typed[@]}" 2>/dev/null)
  if [[ \${COMPREPLY[0]} == "${filesMark}" || \${COMP_WORDS[COMP_CWORD-1]} == *[\\<\\>] ]]; then
    COMPREPLY=()
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
  fi
}
complete -F _dbtool dbtool
`,
  zsh: `#compdef dbtool
_dbtool() {
  local line value
  local -a lines described
  lines=("\${(@f)$(dbtool completion zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  compset -P '--*='
  if [[ \${lines[1]} == "${filesMark}" ]]; then _files; return; fi
  for line in $lines; do
    value=\${line%%$'\\t'*}
    described+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe dbtool described
}
if [[ $funcstack[1] == _dbtool ]]; then _dbtool "$@"; else compdef _dbtool dbtool; fi
`,
  fish: `function __dbtool_complete
  set -l typed (commandline -opc)
  set -l token (commandline -ct)
  set -l lines (dbtool completion fish -- $typed[2..-1] "$token" 2>/dev/null)
  if test "$lines[1]" = "${filesMark}"
    __fish_complete_path "$token"
  else
    printf '%s\\n' $lines
  end
end
complete -c dbtool -f -a '(__dbtool_complete)'
`,
  powershell: `Register-ArgumentCompleter -Native -CommandName dbtool -ScriptBlock {
  param($word, $ast, $position)
  $typed = @($ast.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { $_.ToString() })
  $lines = @(dbtool completion powershell -- @typed $(if ($word) { $word } else { '""' }) 2>$null)
  if ($lines[0] -eq '${filesMark}') { return }
  $lines | ForEach-Object {
    $value, $about = $_ -split "\\t", 2
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $(if ($about) { $about } else { $value }))
  }
}
`,
}
