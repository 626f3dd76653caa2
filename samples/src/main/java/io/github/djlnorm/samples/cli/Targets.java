package io.github.djlnorm.samples.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the result of each input file goes: into one folder, under the input's name. */
public final class Targets {

    private final Path folder;

    private Targets(Path folder) {
        this.folder = folder;
    }

    /**
     * Creates the folder of the results.
     *
     * @throws BadInputException if that is not possible, or two files would have the same result
     */
    public static Targets of(List<Path> files, Path folder) {
        Targets targets = new Targets(folder);
        Map<Path, Path> seen = new HashMap<>();
        for (Path file : files) {
            Path other = seen.put(targets.of(file, ""), file);
            if (other != null) {
                throw new BadInputException(
                        "%s and %s would both become %s: give one at a time with --output"
                                .formatted(other, file, targets.of(file, "")));
            }
        }
        ResultFiles.create(folder);
        return targets;
    }

    /** The result of a file; its name ends in the given way instead of with its extension. */
    public Path of(Path file, String ending) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return folder.resolve((dot > 0 ? name.substring(0, dot) : name) + ending);
    }
}
