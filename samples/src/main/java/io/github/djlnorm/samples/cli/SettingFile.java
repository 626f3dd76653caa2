package io.github.djlnorm.samples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What all results in a folder have in common, in words, so that others do not come among them. */
public final class SettingFile {

    private final Path file;

    /**
     * Names the file, which need not exist.
     *
     * @param folder the folder of the results
     */
    public SettingFile(Path folder) {
        file = folder.resolve("study.txt");
    }

    public boolean exists() {
        return Files.isRegularFile(file);
    }

    public String read() throws IOException {
        return Files.readString(file);
    }

    /**
     * Claims a folder for results.
     *
     * @param setting what they have in common
     * @throws BadInputException if there are others already
     */
    public void require(String setting) throws IOException {
        if (!exists()) {
            ResultFiles.replace(file, partial -> Files.writeString(partial, setting));
        } else if (!read().equals(setting)) {
            throw new BadInputException(
                    "%s holds another study (%s), not this one (%s): give another --output"
                            .formatted(file.getParent(), read(), setting));
        }
    }
}
