namespace Silo.Simulation.Tests.Mutants;

/// <summary>Each rule of the protocol that is broken in the code is found out.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int SeedsMax = 6000;

    public static TheoryData<string> Names => [.. Mutations.All.Select(mutation => mutation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutation_OfTheProtocol_IsCaught(string name)
    {
        var context = new MutantContext(MutatedCore.Compile(Mutations.All.Single(mutation => mutation.Name == name).Edits));
        try
        {
            var caught = context.FirstViolation(1, SeedsMax);
            output.WriteLine($"{name}: {caught ?? "survived"}");
            Assert.True(caught is not null, $"{SeedsMax} seeds passed with '{name}': the workload or the invariants no longer reach it.");
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>The way of compiling must itself be right, else every mutant would be caught for the wrong reason.</summary>
    [Fact]
    public void Mutation_None_PassesAsTheRealCodeDoes()
    {
        const int Seeds = 15;
        var context = new MutantContext(MutatedCore.Compile([]));
        try
        {
            Assert.Null(context.FirstViolation(1, Seeds));
        }
        finally
        {
            context.Unload();
        }
    }
}
