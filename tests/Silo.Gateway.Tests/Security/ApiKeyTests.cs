using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Silo.Gateway.Security;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Security;

public sealed class ApiKeyTests
{
    private const string Text = "correct-horse-battery";
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    [Fact]
    public void Line_OfAKey_ReadsBackAsTheSameKey()
    {
        var key = ApiKey.OfText("ci.build", Text, Scope.Submit, Scope.Read);

        Assert.Equal($"ci.build:submit,read:{Hash}", key.Line);
        Assert.True(ApiKey.TryParse(key.Line, out var read, out _));
        Assert.Equal((key.Name, key.Sha256), (read.Name, read.Sha256));
        Assert.Equal(key.Scopes, read.Scopes);
    }

    [Theory]
    [InlineData("ci:read", "must be name:scopes:sha256")]
    [InlineData("ci:read:HASH:more", "must be name:scopes:sha256")]
    [InlineData("c i:read:HASH", "has the name 'c i'")]
    [InlineData("ci::HASH", "has the scope ''")]
    [InlineData("ci:read,admin:HASH", "has the scope 'admin': one of read, submit, operate, worker")]
    [InlineData("ci:read,read:HASH", "each once")]
    [InlineData("ci:0:HASH", "has the scope '0'")]
    [InlineData("ci:read:correct-horse-battery", "64 hexadecimal digits")]
    [InlineData("ci:read:zHASH", "64 hexadecimal digits")]
    public void Line_ThatIsNone_IsRefusedWithTheRule(string line, string expected)
    {
        Assert.False(ApiKey.TryParse(line.Replace("HASH", Hash, StringComparison.Ordinal), out _, out var rule));
        Assert.Contains(expected, rule, StringComparison.Ordinal);
    }

    [Fact]
    public void File_WithCommentsAndUpperCaseHash_GivesItsKeys()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("keys", $"# who may call\n\n ci:submit:{Hash.ToUpperInvariant()} \r\nboard:read:{new string('0', 64)}\n");

        Assert.Equal(["ci", "board"], ApiKeyFile.Read(file).Select(key => key.Name));
    }

    [Fact]
    public void File_WithSeveralWrongLines_NamesThemAll()
    {
        using var folder = new TemporaryFolder();

        var refusal = Assert.Throws<FormatException>(() => ApiKeyFile.Read(folder.Write("keys", $"ci:read\n\nboard:see:{Hash}\n")));

        Assert.Contains("keys:1 must be", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("keys:3 has the scope 'see'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_WithoutAnyKey_IsRefused()
    {
        using var folder = new TemporaryFolder();

        // An empty file must not leave the server open by accident.
        Assert.Contains("has no key", Assert.Throws<FormatException>(() => ApiKeyFile.Read(folder.Write("keys", "# none yet\n"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_TooLarge_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("keys", new string('#', (int)ApiKeyFile.BytesMax + 1));

        Assert.Contains("a key file of at most", Assert.Throws<FormatException>(() => ApiKeyFile.Read(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("long enough but spaced")]
    [InlineData("sixteen-letters-ä")]
    public void Text_ThatIsNoKey_IsRefusedWithoutRepeatingIt(string text)
    {
        var refusal = Assert.Throws<ArgumentException>(() => ApiKey.OfText("ci", text, Scope.Read));

        Assert.DoesNotContain(text, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NewText_Twice_IsAKeyAndNeverTheSame()
    {
        var (one, two) = (ApiKey.NewText(), ApiKey.NewText());

        Assert.True(ApiKey.IsText(one));
        Assert.StartsWith("silo_", one, StringComparison.Ordinal);
        Assert.NotEqual(one, two);
    }

    [Fact]
    public async Task Options_KeysThatDisagree_AreAllNamed()
    {
        var options = new GatewayOptions
        {
            ApiKeys =
            [
                ApiKey.OfText("one", Text, Scope.Read),
                ApiKey.OfText("one", Text + "2", Scope.Read),
                new ApiKey { Name = "two", Scopes = [Scope.Submit], Sha256 = Hash.ToUpperInvariant() },
                new ApiKey { Name = "three", Scopes = [], Sha256 = "" },
            ],
        };

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayServer.StartAsync(options));

        Assert.Equal(4, refusal.Failures.Count());
        Assert.Contains("'one', 'two' have the same hash", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'one' is given more than once", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'three' needs at least one scope", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_MoreKeysThanTheLimit_AreRefused()
    {
        var options = new GatewayOptions { ApiKeys = [.. Enumerable.Range(0, GatewayOptions.ApiKeysMax + 1).Select(number => ApiKey.OfText($"k{number}", $"{Text}-{number}", Scope.Read))] };

        Assert.Contains($"at most {GatewayOptions.ApiKeysMax}", Assert.Single(options.Problems()), StringComparison.Ordinal);
    }
}
