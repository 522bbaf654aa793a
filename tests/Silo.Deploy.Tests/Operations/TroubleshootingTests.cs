using System.Text.RegularExpressions;
using Silo.Testing;

namespace Silo.Deploy.Tests.Operations;

/// <summary>Who looks up what the program said finds it as the program says it.</summary>
public sealed partial class TroubleshootingTests
{
    private const int PartLengthMin = 4;

    [Fact]
    public async Task Page_TextsOfTheProgram_AreInTheProgram()
    {
        var sources = string.Join('\n', Directory.EnumerateFiles(Clone.Combine("src"), "*.cs", SearchOption.AllDirectories).Where(file => !Built().IsMatch(file)).Select(File.ReadAllText));
        var page = await File.ReadAllTextAsync(Clone.Combine("docs/operations/troubleshooting.md"));
        var texts = Said().Matches(page).Select(said => said.Groups[1].Value).ToList();

        Assert.InRange(texts.Count, 15, int.MaxValue);
        Assert.All(texts, text => Assert.All(
            text.Split('…').Select(part => part.Trim()).Where(part => part.Length >= PartLengthMin),
            part => Assert.Contains(part.Replace("Not ready: ", "", StringComparison.Ordinal), sources, StringComparison.Ordinal)));
    }

    /// <summary>The first cell of a row.</summary>
    [GeneratedRegex("^\\| `([^`]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Said();

    [GeneratedRegex("[/\\\\](bin|obj)[/\\\\]")]
    private static partial Regex Built();
}
