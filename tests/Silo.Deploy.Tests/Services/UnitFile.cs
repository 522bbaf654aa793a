using Silo.Testing;

namespace Silo.Deploy.Tests.Services;

/// <summary>A unit of scripts/systemd as it is written, and a copy of it whose program exists on this machine.</summary>
internal sealed class UnitFile
{
    public const string Standalone = "silo.service", Node = "silo-node.service", Worker = "silo-worker@.service";

    private const string Installed = "/opt/silo/Silo.Server";
    private readonly TemporaryFolder _folder;

    public UnitFile(string name, TemporaryFolder folder)
    {
        _folder = folder;
        Name = name;
        Text = File.ReadAllText(Clone.Combine($"scripts/systemd/{name}"));
    }

    public string Name { get; }

    public string Text { get; }

    /// <summary>The values of a key, in order.</summary>
    public IReadOnlyList<string> Of(string key) => [.. Text.Split('\n').Where(line => line.StartsWith($"{key}=", StringComparison.Ordinal)).Select(line => line[(key.Length + 1)..])];

    public string One(string key) => Assert.Single(Of(key));

    /// <summary>Runs systemd-analyze on the copy; an instance stands for a template.</summary>
    /// <param name="change">What is done to the text before.</param>
    public Task<ToolRun> AnalyzeAsync(Func<string, string> change, params string[] verb)
    {
        var program = _folder.Write("Silo.Server", "#!/bin/sh\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var unit = _folder.Write(Name.Replace("@.", "@1.", StringComparison.Ordinal), change(Text).Replace(Installed, program, StringComparison.Ordinal));
        return ToolRun.RunAsync("systemd-analyze", [.. verb, unit]);
    }
}
