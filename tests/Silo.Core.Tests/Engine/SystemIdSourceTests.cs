using Silo.Core.Engine;

namespace Silo.Core.Tests.Engine;

public sealed class SystemIdSourceTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void NewTaskId_ManyInOneMillisecond_GrowAndDiffer()
    {
        var source = new SystemIdSource();

        var ids = Enumerable.Range(0, 10_000).Select(_ => source.NewTaskId(Now)).ToList();

        Assert.Equal(ids.Distinct().Order(), ids);
    }

    [Fact]
    public void NewTaskId_ClockStepsBack_StillGrows()
    {
        var source = new SystemIdSource();

        var before = source.NewTaskId(Now);
        var after = source.NewTaskId(Now - TimeSpan.FromSeconds(1));

        Assert.True(after > before);
    }

    [Fact]
    public void NewTaskId_IsAUuidOfVersion7AtTheGivenTime()
    {
        var id = new SystemIdSource().NewTaskId(Now).Value;

        Assert.Equal((7, true), (id.Version, id.Variant is >= 8 and <= 11));
        Assert.Equal(Now.ToUnixTimeMilliseconds(), Convert.ToInt64(id.ToString("N")[..12], 16));
    }
}
