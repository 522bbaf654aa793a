namespace Silo.Cli.Serving;

/// <summary>Tells another program the port that a server took.</summary>
internal static class PortFile
{
    /// <summary>Whoever waits for the file never sees half of it.</summary>
    public static async Task WriteAsync(string path, int port)
    {
        var half = $"{path}.new";
        await File.WriteAllTextAsync(half, $"{port}\n");
        File.Move(half, path, overwrite: true);
    }
}
