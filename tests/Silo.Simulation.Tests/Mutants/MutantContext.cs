using System.Reflection;
using System.Runtime.Loader;
using Silo.Simulation.Runs;

namespace Silo.Simulation.Tests.Mutants;

/// <summary>Loads the simulation once more, over a mutated Silo.Core, beside the one under which the tests run.</summary>
internal sealed class MutantContext(byte[] core) : AssemblyLoadContext(isCollectible: true)
{
    /// <summary>The first violation among the seeds; null when the mutant survives all of them.</summary>
    public string? FirstViolation(int start, int count)
    {
        var hunt = LoadFromAssemblyName(typeof(SeedHunt).Assembly.GetName()).GetType(typeof(SeedHunt).FullName!)!;
        var method = hunt.GetMethod(nameof(SeedHunt.FirstViolation), BindingFlags.Public | BindingFlags.Static, [typeof(int), typeof(int)])!;
        return (string?)method.Invoke(null, [start, count]);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == "Silo.Core")
        {
            using var bytes = new MemoryStream(core);
            return LoadFromStream(bytes);
        }

        return assemblyName.Name == typeof(SeedHunt).Assembly.GetName().Name ? LoadFromAssemblyPath(typeof(SeedHunt).Assembly.Location) : null;
    }
}
