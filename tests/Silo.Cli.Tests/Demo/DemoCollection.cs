namespace Silo.Cli.Tests.Demo;

/// <summary>Demos are several processes each: they run one after the other, and beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DemoCollection
{
    public const string Name = "demo";
}
