package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the comments of public classes: they are there, and they compile. */
class JavadocExamplesTest {

    private static final Path SOURCES = Path.of("main", "java", "io", "github", "djlnorm");
    private static final Pattern EXAMPLE =
            Pattern.compile("<pre>\\{@code\n(.*?)\n \\* }</pre>", Pattern.DOTALL);

    /** What an example may take for granted. */
    private static final String FRAME =
            """
            import ai.djl.ndarray.*;
            import ai.djl.ndarray.types.*;
            import ai.djl.nn.*;
            import ai.djl.nn.convolutional.*;
            import ai.djl.training.*;
            import io.github.djlnorm.*;
            import io.github.djlnorm.advice.*;
            import io.github.djlnorm.conversion.*;
            import io.github.djlnorm.convolutional.*;
            import io.github.djlnorm.models.*;
            import io.github.djlnorm.parallel.*;
            import io.github.djlnorm.torch.*;
            import io.github.djlnorm.weights.*;
            import java.nio.file.Path;
            import java.util.*;
            class Example%d {
                Block net;
                Block model;
                Block trained;
                NDManager manager;
                ParameterStore store;
                NDArray images;
                NDArray labels;
                NDArray content;
                NDArray style;
                NDArray x;
                NDArray weight;
                NDArray bias;
                Trainer trainer;
                List<NDList> shards;
                List<NDList> labelsOfShards;

                void run() throws Exception {
                    %s
                }
            }
            """;

    @TempDir private Path folder;

    @Test
    void eachCompiles() throws IOException {
        List<String> examples =
                sources("").map(JavadocExamplesTest::examples).flatMap(List::stream).toList();
        Path[] files = new Path[examples.size()];
        for (int i = 0; i < files.length; i++) {
            files[i] =
                    Files.writeString(
                            folder.resolve("Example" + i + ".java"),
                            FRAME.formatted(i, examples.get(i)));
        }

        assertThat(files).hasSizeGreaterThan(15);
        Compilation.of(files);
    }

    @Test
    void eachLayerHasOne() throws IOException {
        List<String> without =
                sources("extends (Affine)?ChannelNorm \\{")
                        .filter(source -> !source.contains("abstract class"))
                        .filter(source -> examples(source).isEmpty())
                        .toList();

        assertThat(without).isEmpty();
    }

    private static Stream<String> sources(String pattern) throws IOException {
        Pattern wanted = Pattern.compile(pattern);
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .map(JavadocExamplesTest::read)
                    .filter(source -> wanted.matcher(source).find())
                    .toList()
                    .stream();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> examples(String source) {
        return EXAMPLE.matcher(source)
                .results()
                .map(example -> example.group(1).replaceAll("(?m)^ \\* ?", ""))
                .collect(Collectors.toList());
    }
}
