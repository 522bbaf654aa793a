using Silo.Cli.Configuration;
using Silo.Cli.Serving;
using Silo.Core.Workers;
using Silo.Testing;
using YamlDotNet.Serialization;

namespace Silo.Deploy.Tests.Containers;

public sealed class ComposeTests : IDisposable
{
    private static readonly string Compose = Clone.Combine("docker-compose.yml");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Services_ByProfile_AreADatabaseThreeSilosAndAGatewayAndMoreOnDemand()
    {
        var services = (await ReadAsync()).ToLookup(service => service.Service.TryGetValue("profiles", out var profiles) ? One(profiles) : "", service => service.Name);

        Assert.Equal(["gateway", "postgres", "silo-1", "silo-2", "silo-3"], services[""].Order(StringComparer.Ordinal));
        Assert.Equal(["worker"], services["workers"]);
        Assert.Equal(["prometheus"], services["monitoring"]);
        Assert.Equal(3, services.Count);
    }

    [Theory]
    [InlineData("restart: unless-stopped", "restarts: unless-stopped", "restarts")]
    [InlineData("read_only: true", "read_only: often", "read_only")]
    [InlineData("condition: service_healthy", "condition: service_well", "service_well|condition")]
    public async Task Compose_PlantedMistake_IsRefused(string right, string wrong, string told)
    {
        var text = await File.ReadAllTextAsync(Compose);
        Assert.Contains(right, text, StringComparison.Ordinal);

        var run = await ComposeRun.ConfigAsync(_folder.Write("docker-compose.yml", text.Replace(right, wrong, StringComparison.Ordinal)), "--quiet");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Matches(told, run.Error);
    }

    [Fact]
    public async Task Services_ButTheDatabase_HaveNoRightsAndSettingsThatExist()
    {
        var services = (await ReadAsync()).Where(service => service.Name != "postgres").ToList();

        Assert.Equal(6, services.Count);
        foreach (var (name, service) in services)
        {
            Assert.Equal(("true", "ALL", "no-new-privileges:true"), ((string)service["read_only"], One(service["cap_drop"]), One(service["security_opt"])));
            if (name == "prometheus")
                continue;
            Assert.Empty(SettingValues.Read(Variables(service), file: null).Problems);
        }
    }

    [Fact]
    public async Task Silos_ToldToStop_AreNotKilledBeforeTheyCanBeDone()
    {
        var longest = new WorkerOptions { Name = "any" }.StopGrace + new WorkerOptions { Name = "any" }.CancelGrace + ServingOptions.ShutdownLimit;

        foreach (var (name, service) in (await ReadAsync()).Where(service => service.Name is "gateway" or ['s', 'i', 'l', 'o', ..]))
        {
            var text = (string)service["stop_grace_period"];
            // Docker's own way to write 105 s.
            var grace = text == "1m45s" ? TimeSpan.FromSeconds(105) : SettingForms.Duration(TimeSpan.FromHours(1)).Parse(text);
            Assert.True(grace > longest, $"{name} has {grace}, and may need {longest}.");
        }
    }

    private static string One(object list) => (string)Assert.Single((List<object>)list);

    private static Dictionary<string, string> Variables(Dictionary<object, object> service) =>
        ((Dictionary<object, object>)service["environment"]).ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value);

    private static async Task<List<(string Name, Dictionary<object, object> Service)>> ReadAsync()
    {
        var run = await ComposeRun.ConfigAsync(Compose);
        Assert.True(run.ExitCode == 0, run.Error);
        var whole = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(run.Output);
        return [.. ((Dictionary<object, object>)whole["services"]).Select(service => ((string)service.Key, (Dictionary<object, object>)service.Value))];
    }
}
