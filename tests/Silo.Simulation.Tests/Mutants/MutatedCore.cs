using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Silo.Testing;

namespace Silo.Simulation.Tests.Mutants;

/// <summary>Compiles Silo.Core from its sources, with edits, in memory.</summary>
internal static class MutatedCore
{
    private const string AssemblyName = "Silo.Core";

    /// <summary>What the build adds to every project by its own means.</summary>
    private const string BuildSource = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        [assembly: System.Reflection.AssemblyVersion("0.1.0.0")]
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Silo.Simulation")]
        """;

    private static readonly string SourceFolder = Clone.Combine($"src/{AssemblyName}");

    /// <returns>The assembly's bytes.</returns>
    /// <exception cref="InvalidOperationException">An edit does not fit the sources any more, or the result does not compile.</exception>
    public static byte[] Compile(IEnumerable<Edit> edits)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var sources = ReadSources();
        foreach (var edit in edits)
        {
            sources[edit.File] = Apply(edit, sources);
        }

        var trees = sources.Select(source => CSharpSyntaxTree.ParseText(SourceText.From(source.Value, System.Text.Encoding.UTF8), options, source.Key))
            .Append(CSharpSyntaxTree.ParseText(SourceText.From(BuildSource, System.Text.Encoding.UTF8), options, "Build.cs"));
        var compilation = CSharpCompilation.Create(
            AssemblyName,
            trees,
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        CSharpGeneratorDriver.Create(Generators(), parseOptions: options).RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        using var output = new MemoryStream();
        var result = generated.Emit(output);
        var errors = result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(5).ToList();
        return result.Success ? output.ToArray() : throw new InvalidOperationException($"The mutated Silo.Core does not compile: {string.Join("; ", errors)}");
    }

    private static string Apply(Edit edit, Dictionary<string, string> sources)
    {
        if (!sources.TryGetValue(edit.File, out var text))
        {
            throw new InvalidOperationException($"{edit.File} is not there any more: update the table of mutations.");
        }

        var parts = text.Split(edit.Original);
        return parts.Length == 2
            ? string.Join(edit.Mutated, parts)
            : throw new InvalidOperationException($"In {edit.File} this occurs {parts.Length - 1} times instead of once: update the table of mutations.\n{edit.Original}");
    }

    private static Dictionary<string, string> ReadSources() =>
        Directory.EnumerateFiles(SourceFolder, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(SourceFolder, path).Replace('\\', '/')))
            .Where(file => !file.Name.StartsWith("obj/", StringComparison.Ordinal) && !file.Name.StartsWith("bin/", StringComparison.Ordinal))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ToDictionary(file => file.Name, file => File.ReadAllText(file.Path).ReplaceLineEndings("\n"));

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && !name.StartsWith("Silo.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));

    private static List<ISourceGenerator> Generators()
    {
        var paths = typeof(MutatedCore).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(data => data.Key == "SourceGenerators" && data.Value is not null)
            .SelectMany(data => data.Value!.Split(';'))
            .Where(path => Path.GetFileName(path) is "System.Text.Json.SourceGeneration.dll" or "Microsoft.Extensions.Logging.Generators.dll" or "System.Text.RegularExpressions.Generator.dll");
        return [.. paths.SelectMany(path => new AnalyzerFileReference(path, new GeneratorLoader()).GetGenerators(LanguageNames.CSharp))];
    }

    private sealed class GeneratorLoader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
