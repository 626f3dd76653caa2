package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles what the documentation shows, beside it, as a user would. */
final class Compilation {

    static final String CLASS_PATH = System.getProperty("java.class.path");

    private Compilation() {}

    static void of(Path... sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("-Xlint:all,-processing,-path", "-Werror", "-cp", CLASS_PATH);
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            var units = files.getJavaFileObjects(sources);
            var task = compiler.getTask(messages, files, null, options, null, units);
            assertThat(task.call()).as(messages.toString()).isTrue();
        }
    }
}
