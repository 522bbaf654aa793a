namespace Silo.Simulation.Tests.Mutants;

/// <summary>One way to break Silo.Core.</summary>
/// <param name="Name">What is broken.</param>
/// <param name="Edits">All of them are made.</param>
public sealed record Mutation(string Name, params Edit[] Edits)
{
    public override string ToString() => Name;
}

/// <summary>A piece of source that is replaced.</summary>
/// <param name="File">Below src/Silo.Core.</param>
/// <param name="Original">Occurs there exactly once.</param>
/// <param name="Mutated">Stands there instead.</param>
public sealed record Edit(string File, string Original, string Mutated);
