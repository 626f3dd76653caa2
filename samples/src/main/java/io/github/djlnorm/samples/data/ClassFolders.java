package io.github.djlnorm.samples.data;

import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.Console;
import io.github.djlnorm.samples.images.BadImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;

/**
 * A data folder, checked before training costs time: {@code train} and {@code test} folders with
 * the same class folders, and in every class folder images that can be read. Links count as what
 * they lead to.
 *
 * @param classes the names of the classes, by label
 * @param train the images to train with
 * @param test the images to test with
 */
record ClassFolders(List<String> classes, FolderImages train, FolderImages test) {

    private static final String TRAIN = "train";
    private static final String TEST = "test";
    private static final Set<String> EXTENSIONS =
            Set.of("jpg", "jpeg", "png", "bmp", "wbmp", "gif");

    /**
     * Finds and checks the images of a data folder.
     *
     * @throws BadInputException if it cannot be trained on
     */
    static ClassFolders open(Path data) {
        if (!Files.isDirectory(data)) {
            throw new BadInputException(
                    "no data folder "
                            + data
                            + ": give one that holds "
                            + TRAIN
                            + "/ and "
                            + TEST
                            + "/");
        }
        Set<String> train = classes(data, TRAIN);
        Set<String> test = classes(data, TEST);
        if (!train.equals(test)) {
            throw new BadInputException(
                    "the class folders of "
                            + data
                            + " differ: only in "
                            + TRAIN
                            + "/ "
                            + without(train, test)
                            + ", only in "
                            + TEST
                            + "/ "
                            + without(test, train)
                            + "; give both the same");
        }
        if (train.size() < 2) {
            throw new BadInputException(
                    "only one class folder, "
                            + train
                            + ", in "
                            + data.resolve(TRAIN)
                            + ": give at least two classes");
        }
        List<String> classes = List.copyOf(train);
        ClassFolders folders =
                new ClassFolders(
                        classes,
                        images(data.resolve(TRAIN), classes),
                        images(data.resolve(TEST), classes));
        folders.readAll();
        return folders;
    }

    private static Set<String> classes(Path data, String split) {
        Path folder = data.resolve(split);
        if (!Files.isDirectory(folder)) {
            throw new BadInputException(
                    data
                            + " has no folder "
                            + split
                            + "/: put one folder of images per class there");
        }
        Set<String> names = new TreeSet<>();
        for (Path path : ImageFiles.list(folder)) {
            String name = path.getFileName().toString();
            if (Files.isDirectory(path) && !name.startsWith(".")) {
                names.add(name);
            }
        }
        if (names.isEmpty()) {
            throw new BadInputException(
                    folder + " is empty: put one folder of images per class there");
        }
        return names;
    }

    private static FolderImages images(Path split, List<String> classes) {
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            for (Path file : images(split.resolve(classes.get(label)))) {
                files.add(file);
                labels.add(label);
            }
        }
        return new FolderImages(List.copyOf(files), List.copyOf(labels));
    }

    private static List<Path> images(Path folder) {
        List<Path> images = ImageFiles.list(folder).stream().filter(ClassFolders::isImage).toList();
        if (images.isEmpty()) {
            throw new BadInputException(
                    "no images in "
                            + folder
                            + ": put some there ("
                            + String.join(", ", new TreeSet<>(EXTENSIONS))
                            + ")");
        }
        return images;
    }

    private static boolean isImage(Path path) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return !name.startsWith(".") && EXTENSIONS.contains(extension) && Files.isRegularFile(path);
    }

    private void readAll() {
        List<Path> files = Stream.concat(train.files().stream(), test.files().stream()).toList();
        BadImages bad = new BadImages();
        try (ProgressBar bar = Console.progressBar("checking images", files.size())) {
            files.parallelStream()
                    .forEach(
                            file -> {
                                bad.attempt(file, () -> ImageFiles.read(file));
                                bar.step();
                            });
        }
        bad.refuse();
    }

    private static Set<String> without(Set<String> names, Set<String> others) {
        Set<String> rest = new TreeSet<>(names);
        rest.removeAll(others);
        return rest;
    }
}
