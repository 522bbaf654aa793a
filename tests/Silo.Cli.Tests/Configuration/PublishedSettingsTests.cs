using System.Text.Json;
using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Testing;

namespace Silo.Cli.Tests.Configuration;

/// <summary>What is published of the settings is what the program reads.</summary>
public sealed class PublishedSettingsTests
{
    [Theory]
    [InlineData("schema", "silo.schema.json")]
    [InlineData("reference", "configuration.md")]
    public async Task Published_Page_IsWhatTheProgramPrints(string verb, string file)
    {
        var run = await CommandRun.OfAsync("config", verb);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.True(
            await File.ReadAllTextAsync(Clone.Combine($"docs/reference/{file}")) == run.Output,
            $"docs/reference/{file} is not what the program reads; write it again with: ./silo config {verb} > docs/reference/{file}");
    }

    [Fact]
    public async Task Schema_Properties_AreTheSettingsThatShowPrints()
    {
        var schema = JsonElement.Parse((await CommandRun.OfAsync("config", "schema")).Output);
        var shown = (await CommandRun.OfAsync("config", "show", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            shown.Select(line => JsonElement.Parse(line).GetProperty("name").GetString()),
            schema.GetProperty("properties").EnumerateObject().SelectMany(Keys).Where(name => name != "$schema"));
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
    }

    // A section is an object of settings; a map is one whose values anybody names.
    private static IEnumerable<string> Keys(JsonProperty property) =>
        property.Value.TryGetProperty("properties", out var section) ? section.EnumerateObject().Select(setting => $"{property.Name}.{setting.Name}") : [property.Name];
}
