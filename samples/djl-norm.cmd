@echo off
rem The twin of the script djl-norm, for Windows: samples\djl-norm COMMAND OPTION..., from any folder.
setlocal
for %%i in ("%~dp0..") do set "root=%%~fi"
set "jar=%root%\samples\target\djl-norm-samples.jar"

powershell -NoProfile -Command "$jar = Get-Item -LiteralPath $env:jar -ErrorAction SilentlyContinue; if (-not $jar) { exit 1 }; $sources = 'pom.xml', 'src\pom.xml', 'src\main', 'samples\pom.xml', 'samples\src\main' | ForEach-Object { $path = Join-Path $env:root $_; Get-Item -LiteralPath $path; Get-ChildItem -LiteralPath $path -Recurse }; if ($sources | Where-Object { $_.LastWriteTime -gt $jar.LastWriteTime }) { exit 1 }"
if not errorlevel 1 goto run

echo djl-norm: building, which takes a minute the first time>&2
pushd "%root%"
call mvn -q -B -ntp -pl samples -am package -Dmaven.test.skip -Dmaven.javadoc.skip -Dmaven.source.skip <nul >&2
set "status=%errorlevel%"
popd
if %status% neq 0 (
    echo djl-norm: the build failed, for the reason above; it takes a JDK of 17 or newer, and Maven>&2
    exit /b 1
)

:run
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
"%java%" -jar "%jar%" %*
exit /b %errorlevel%
