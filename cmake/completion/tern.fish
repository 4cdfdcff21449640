# Completion of tern in fish: the program itself says what may come next.
function __tern_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for answer in ($words[1] complete -- $words[2..-1] $typed 2>/dev/null)
        switch $answer
            case :files
                __fish_complete_path (string replace -r '.*=' '' -- $typed)
            case :directories
                __fish_complete_directories (string replace -r '.*=' '' -- $typed)
            case '*'
                echo $answer
        end
    end
end

for program in tern tern-f64
    complete -c $program -f -a '(__tern_complete)'
end
