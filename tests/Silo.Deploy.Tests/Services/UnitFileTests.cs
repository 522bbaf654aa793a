using Silo.Cli.Configuration;
using Silo.Cli.Serving;
using Silo.Core.Workers;
using Silo.Testing;

namespace Silo.Deploy.Tests.Services;

public sealed class UnitFileTests : IDisposable
{
    /// <summary>Exposure as systemd counts it, times ten: below 20 it says OK, and a service without any hardening has 96.</summary>
    private const int ExposureMax = 20;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Units => [UnitFile.Standalone, UnitFile.Node, UnitFile.Worker];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Units))]
    public async Task Unit_AsWritten_IsVerifiedWithoutAWarning(string name)
    {
        var run = await Unit(name).AnalyzeAsync(text => text, "verify");

        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("WatchdogSec=60", "WatchdogSecs=60")]
    [InlineData("Type=notify", "Type=notifies")]
    [InlineData("ProtectSystem=strict", "ProtectSystem=very")]
    [InlineData("Silo.Server", "Silo.Serving")]
    public async Task Verify_PlantedMistake_Warns(string right, string wrong)
    {
        var unit = Unit(UnitFile.Standalone);
        Assert.Contains(right, unit.Text, StringComparison.Ordinal);

        var run = await unit.AnalyzeAsync(text => text.Replace(right, wrong, StringComparison.Ordinal), "verify");

        Assert.NotEmpty(run.Error);
    }

    [Theory]
    [MemberData(nameof(Units))]
    public async Task Security_OfEveryUnit_IsWithinItsBound(string name)
    {
        var run = await Unit(name).AnalyzeAsync(text => text, "security", "--offline=true", $"--threshold={ExposureMax}");

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public async Task Security_WithoutHardening_IsBeyondTheBound()
    {
        var run = await Unit(UnitFile.Node).AnalyzeAsync(
            text => string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("Protect", StringComparison.Ordinal) && !line.StartsWith("SystemCall", StringComparison.Ordinal))),
            "security", "--offline=true", $"--threshold={ExposureMax}");

        Assert.NotEqual(0, run.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Stop_TimeOfUnit_IsAboveWhatTheProgramMayNeed(string name)
    {
        var worker = new WorkerOptions { Name = "any" };

        Assert.True(TimeSpan.FromSeconds(int.Parse(Unit(name).One("TimeoutStopSec"), null)) > worker.StopGrace + worker.CancelGrace + ServingOptions.ShutdownLimit);
    }

    [Theory]
    [InlineData(UnitFile.Standalone, "up")]
    [InlineData(UnitFile.Node, "serve")]
    [InlineData(UnitFile.Worker, "worker")]
    public void Start_OfUnit_IsAVerbUnderSettingsThatExist(string name, string verb)
    {
        var unit = Unit(name);
        var variables = unit.Of("Environment").SelectMany(line => line.Split(' ')).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(verb, unit.One("ExecStart").Split(' ')[1]);
        Assert.Equal("notify", unit.One("Type"));
        Assert.Empty(SettingValues.Read(variables, file: null).Problems);
    }

    private UnitFile Unit(string name) => new(name, _folder);
}
