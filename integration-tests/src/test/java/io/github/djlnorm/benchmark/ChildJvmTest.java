package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.GroupNorm;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmTest {

    private static final String BASELINE = "another/checkout/classes";

    @TempDir private Path folder;

    @Test
    void baselineRunsOtherClassesOfTheLibraryAndTheSameOfAllElse() {
        List<String> ours = classPath(Contestant.GROUP_NORM);
        List<String> before = classPath(Contestant.BASELINE_GROUP_NORM);

        assertThat(ours).doesNotContain(BASELINE).hasSameSizeAs(before);
        assertThat(before).contains(BASELINE);
        assertThat(ours).filteredOn(entry -> !before.contains(entry)).containsExactly(library());
    }

    @Test
    void onlyWhoKeepsMemoryHasASettingOfTheAllocator() {
        assertThat(builder(Contestant.CIFAR_RESNET_KEEPING_MEMORY).environment())
                .containsAllEntriesOf(ChildJvm.KEEPING_MEMORY);
        assertThat(builder(Contestant.CIFAR_RESNET).environment().keySet())
                .noneMatch(name -> name.startsWith("MALLOC_"));
    }

    private static String library() {
        return Path.of(
                        GroupNorm.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath())
                .toString();
    }

    private List<String> classPath(Contestant contestant) {
        List<String> command = builder(contestant).command();
        String classPath = command.get(command.indexOf("-cp") + 1);
        return List.of(classPath.split(File.pathSeparator));
    }

    private ProcessBuilder builder(Contestant contestant) {
        Trial trial = new Trial(contestant, Work.FORWARD, Input.parse("1x8x4x4/8"));
        return new ChildJvm(1, Optional.of(BASELINE), folder, folder.resolve("log"))
                .builder(Timing.class, trial);
    }
}
