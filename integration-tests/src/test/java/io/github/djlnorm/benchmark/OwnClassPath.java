package io.github.djlnorm.benchmark;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The classes of this process, also where Maven loaded them, which the JVM does not know. */
public final class OwnClassPath {

    private OwnClassPath() {}

    /**
     * Returns the folders and jars.
     *
     * @return their paths
     */
    public static List<String> entries() {
        if (!(OwnClassPath.class.getClassLoader() instanceof URLClassLoader loader)) {
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(entry -> Path.of(entry).toString())
                    .toList();
        }
        return Arrays.stream(loader.getURLs()).map(OwnClassPath::path).toList();
    }

    static String path(URL url) {
        try {
            return Path.of(url.toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
