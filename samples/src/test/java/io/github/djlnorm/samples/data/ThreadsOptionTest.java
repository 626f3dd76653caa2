package io.github.djlnorm.samples.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import io.github.djlnorm.samples.cli.OptionRules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ThreadsOptionTest {

    private final int before = threads();

    private static int threads() {
        Engine.getInstance();
        return JniUtils.getNumThreads();
    }

    @AfterEach
    void restore() {
        JniUtils.setNumThreads(before);
    }

    /** A program has loaded libtorch before it reads its options. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void countsAfterLibtorchWasLoaded(int threads) {
        ThreadsOption option = new ThreadsOption();
        CommandLine.populateCommand(option, "--threads", Integer.toString(threads));
        option.apply(new OptionRules(null));
        assertThat(JniUtils.getNumThreads()).isEqualTo(threads);
    }
}
