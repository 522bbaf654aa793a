using System.CommandLine;
using Silo.Simulation.Runs;

var seeds = new Option<int>("--seeds") { Description = "How many seeds to run.", DefaultValueFactory = _ => 100 };
var start = new Option<int>("--start") { Description = "The first seed.", DefaultValueFactory = _ => 1 };
var minutes = new Option<double?>("--minutes") { Description = "Run seeds for this long instead of a number of them." };
var seed = new Option<int?>("--seed") { Description = "Run this one seed; when it fails, say what happened before." };
var lines = new Option<int>("--trace") { Description = "How many lines of a failing seed to show.", DefaultValueFactory = _ => 60 };
var json = new Option<bool>("--json") { Description = "End with one line of JSON." };

var command = new RootCommand("Runs the real actors in simulated time against crashes, partitions and a failing store, and checks the protocol's rules after every event.")
{
    seeds, start, minutes, seed, lines, json,
};
command.SetAction(parsed =>
{
    var show = new Showing(parsed.GetValue(json), parsed.GetValue(lines));
    return parsed.GetValue(seed) is { } one
        ? show.One(one)
        : show.Many(parsed.GetValue(start), parsed.GetValue(seeds), parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null);
});
return command.Parse(args).Invoke();
