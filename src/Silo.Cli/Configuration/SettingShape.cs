namespace Silo.Cli.Configuration;

/// <summary>How many values a setting has. Several are given by repeating the option, and stand between commas in variables.</summary>
internal enum SettingShape
{
    One,

    /// <summary>An array in files.</summary>
    List,

    /// <summary>Names and values: an object in files.</summary>
    Map,
}
