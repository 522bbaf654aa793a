using Silo.Core.Engine;

namespace Silo.Gateway.Tests.Hosting;

/// <summary>Stands by when a test says so.</summary>
internal sealed class FakeStandby : IStandby
{
    public string? ActiveElsewhere { get; set; }

    public bool CannotWrite { get; set; }
}
