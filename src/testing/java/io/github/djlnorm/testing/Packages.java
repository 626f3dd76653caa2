package io.github.djlnorm.testing;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The packages of a module, and which of them may use which. */
public final class Packages {

    private Packages() {}

    /**
     * The rule that a package uses those that are named for it and no others, and that there are no
     * others than these.
     *
     * @param root the package that all are in
     * @param below the packages by name without the root's, "" for the root itself, each with those
     *     that it may use; the lowest first, so that there is no circle
     */
    public static ArchRule useOnly(String root, Map<String, List<String>> below) {
        LayeredArchitecture layers =
                Architectures.layeredArchitecture()
                        .consideringOnlyDependenciesInAnyPackage(root + "..")
                        .ensureAllClassesAreContainedInArchitecture();
        for (String name : below.keySet()) {
            layers = layers.layer(layer(name)).definedBy(name.isEmpty() ? root : root + "." + name);
        }
        Set<String> seen = new TreeSet<>();
        for (Map.Entry<String, List<String>> entry : below.entrySet()) {
            if (!seen.containsAll(entry.getValue())) {
                throw new IllegalArgumentException(entry + " uses one that stands above it");
            }
            seen.add(entry.getKey());
            var rule = layers.whereLayer(layer(entry.getKey()));
            String[] used = entry.getValue().stream().map(Packages::layer).toArray(String[]::new);
            layers =
                    used.length == 0 ? rule.mayNotAccessAnyLayer() : rule.mayOnlyAccessLayers(used);
        }
        return layers;
    }

    private static String layer(String name) {
        return name.isEmpty() ? "(root)" : name;
    }

    /** The number of top-level classes by package. */
    public static Map<String, Long> sizes(JavaClasses classes) {
        return classes.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(
                        Collectors.groupingBy(
                                JavaClass::getPackageName, TreeMap::new, Collectors.counting()));
    }

    /** The longest way from a package to one that uses no other, each using the next. */
    public static List<String> longestWayDown(JavaClasses classes) {
        Map<String, Set<String>> uses = new TreeMap<>();
        Set<String> own = sizes(classes).keySet();
        for (JavaClass type : classes) {
            Set<String> used = uses.computeIfAbsent(type.getPackageName(), p -> new TreeSet<>());
            type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getPackageName())
                    .filter(name -> own.contains(name) && !name.equals(type.getPackageName()))
                    .forEach(used::add);
        }
        Map<String, List<String>> ways = new HashMap<>();
        return own.stream()
                .map(name -> way(name, uses, ways))
                .max(Comparator.comparingInt(List::size))
                .orElseThrow();
    }

    private static List<String> way(
            String name, Map<String, Set<String>> uses, Map<String, List<String>> ways) {
        List<String> known = ways.get(name);
        if (known != null) {
            return known;
        }
        List<String> longest = new ArrayList<>(List.of(name));
        uses.get(name).stream()
                .map(next -> way(next, uses, ways))
                .max(Comparator.comparingInt(List::size))
                .ifPresent(longest::addAll);
        ways.put(name, longest);
        return longest;
    }
}
