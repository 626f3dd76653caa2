package io.github.djlnorm.samples.images;

import io.github.djlnorm.samples.cli.BadInputException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** The bad ones among many images, so that a user hears of all at once. For several threads. */
public final class BadImages {

    private static final int MOST_NAMED = 10;

    private final Map<Path, BadImage> refusals = new ConcurrentSkipListMap<>();

    /** Does something with an image, and notes it if it is bad. */
    public <E extends Exception> void attempt(Path image, Task<E> task) throws E {
        try {
            task.run();
        } catch (BadImage e) {
            refusals.put(image, e);
        }
    }

    /**
     * Ends the work on the images.
     *
     * @throws BadInputException that names the bad ones, if there were any
     */
    public void refuse() {
        if (refusals.size() == 1) {
            throw refusals.values().iterator().next();
        }
        if (!refusals.isEmpty()) {
            int others = refusals.size() - MOST_NAMED;
            throw new BadInputException(
                    "%d images cannot be used (%s%s): remove them or save them again as JPEG or PNG"
                            .formatted(
                                    refusals.size(),
                                    refusals.values().stream()
                                            .limit(MOST_NAMED)
                                            .map(BadImage::problem)
                                            .collect(Collectors.joining("; ")),
                                    others > 0 ? "; and " + others + " more" : ""));
        }
    }

    /** What is done with an image. */
    public interface Task<E extends Exception> {
        void run() throws E;
    }
}
