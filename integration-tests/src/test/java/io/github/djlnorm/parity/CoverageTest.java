package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Block;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.internal.Described;
import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.LibraryBlocks;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever a user can call is compared with PyTorch: each option of each builder of a layer or
 * model, and each static function of a layer. An option counts if the quick grid gives it several
 * values, and any method if a test that uses BlockParity calls it.
 */
class CoverageTest {

    private static final String LIBRARY = "io.github.djlnorm";
    private static final Set<String> PACKAGES =
            Set.of(LIBRARY, LIBRARY + ".convolutional", LIBRARY + ".models");

    /** What is not compared, and why. */
    private static final Map<String, String> EXCEPTIONS = Map.of();

    private static JavaClasses library;
    private static Set<String> compared;

    @BeforeAll
    static void look() {
        library = new ClassFileImporter().importPackagesOf(GroupNorm.class);
        compared = new HashSet<>();
        compared.addAll(variedInTheGrid());
        compared.addAll(calledWithBlockParity());
    }

    /** Options by their layer, as the grid's layers say themselves how they are built. */
    private static Set<String> variedInTheGrid() {
        Map<String, Set<Object>> values = new HashMap<>();
        for (ParityCase one : Grid.quick()) {
            Block block = LibraryBlocks.of(one);
            if (block instanceof Described layer) {
                layer.options(one.channels())
                        .forEach(
                                (option, value) ->
                                        values.computeIfAbsent(
                                                        name(block.getClass(), option),
                                                        key -> new HashSet<>())
                                                .add(String.valueOf(value)));
            }
        }
        values.values().removeIf(different -> different.size() < 2);
        return values.keySet();
    }

    /** Methods that are called where blocks are compared, those that are built in the grid too. */
    private static Set<String> calledWithBlockParity() {
        JavaClasses harness = new ClassFileImporter().importPackagesOf(CoverageTest.class);
        return harness.stream()
                .filter(CoverageTest::compares)
                .flatMap(type -> type.getMethodCallsFromSelf().stream())
                .map(CoverageTest::name)
                .collect(Collectors.toSet());
    }

    private static boolean compares(JavaClass type) {
        return type.isEquivalentTo(LibraryBlocks.class)
                || type.getSimpleName().equals("FunctionBlock")
                || type.getMethodCallsFromSelf().stream()
                        .anyMatch(
                                call ->
                                        call.getTargetOwner().isEquivalentTo(BlockParity.class)
                                                && call.getName().equals("check"));
    }

    private static String name(JavaMethodCall call) {
        String owner = call.getTargetOwner().getName();
        return owner.replace("$Builder", "") + "." + call.getName();
    }

    private static String name(Class<?> owner, String method) {
        return owner.getName() + "." + method;
    }

    @Test
    void everyOptionOfEveryBuilderIsCompared() {
        Set<String> missing = new TreeSet<>();
        publicTypes()
                .filter(type -> type.getSimpleName().equals("Builder"))
                .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                .forEach(
                        type ->
                                Arrays.stream(type.getMethods())
                                        .map(Method::getName)
                                        .filter(name -> name.matches("(opt|set)[A-Z].*"))
                                        .map(name -> name(type.getEnclosingClass(), name))
                                        .filter(name -> !compared.contains(name))
                                        .forEach(missing::add));

        missing.removeAll(EXCEPTIONS.keySet());
        assertThat(missing).as("options without a row").isEmpty();
    }

    @Test
    void everyStaticFunctionOfALayerIsCompared() {
        Set<String> missing = new TreeSet<>();
        publicTypes()
                .filter(Block.class::isAssignableFrom)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> Modifier.isStatic(method.getModifiers()))
                .map(method -> name(method.getDeclaringClass(), method.getName()))
                .filter(name -> !compared.contains(name))
                .forEach(missing::add);

        missing.removeAll(EXCEPTIONS.keySet());
        assertThat(missing).as("functions without a row").isEmpty();
    }

    @Test
    void whatIsExceptedExistsAndIsNotCompared() {
        assertThat(EXCEPTIONS.keySet()).noneMatch(compared::contains);
        assertThat(EXCEPTIONS.keySet())
                .allMatch(
                        name ->
                                publicTypes()
                                        .anyMatch(type -> name.startsWith(type.getName() + ".")));
    }

    private static Stream<? extends Class<?>> publicTypes() {
        return library.stream()
                .filter(type -> PACKAGES.contains(type.getPackageName()))
                .map(JavaClass::reflect)
                .filter(type -> Modifier.isPublic(type.getModifiers()));
    }
}
