using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Terradev.ComputeOptimizer.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Imports : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // What is in them is only a copy of the shipped catalogue, which is imported anew at the next start. SQLite cannot change
            // the type of a column otherwise without a copy of the table outside the transaction.
            migrationBuilder.DropTable(
                name: "offers");

            migrationBuilder.DropTable(
                name: "price_snapshots");

            migrationBuilder.CreateTable(
                name: "offers",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    SnapshotId = table.Column<long>(type: "INTEGER", nullable: false),
                    Cloud = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Region = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Zone = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    InstanceType = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Capacity = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PricePerHour = table.Column<decimal>(type: "TEXT", precision: 18, scale: 6, nullable: true),
                    PriceBasis = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PriceSource = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    PriceAsOf = table.Column<long>(type: "INTEGER", nullable: true),
                    InterruptionBand = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    GpuModel = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    GpuVendor = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    GpuCount = table.Column<decimal>(type: "TEXT", precision: 9, scale: 3, nullable: false),
                    GpuMemoryMiB = table.Column<int>(type: "INTEGER", nullable: false),
                    GpuMemorySource = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    ComputeCapability = table.Column<string>(type: "TEXT", maxLength: 10, nullable: true),
                    Interconnect = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Vcpus = table.Column<decimal>(type: "TEXT", precision: 9, scale: 2, nullable: false),
                    MemoryGiB = table.Column<decimal>(type: "TEXT", precision: 12, scale: 2, nullable: false),
                    LocalDiskGB = table.Column<int>(type: "INTEGER", nullable: true),
                    Architecture = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Withdrawn = table.Column<bool>(type: "INTEGER", nullable: false),
                    Note = table.Column<string>(type: "TEXT", maxLength: 300, nullable: true),
                    Gone = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_offers", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    MessageId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Type = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Subject = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false),
                    OccurredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    TraceParent = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Position = table.Column<long>(type: "INTEGER", nullable: true),
                    PublishedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "price_snapshots",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Source = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Format = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    ImportedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    AsOf = table.Column<long>(type: "INTEGER", nullable: false),
                    Rows = table.Column<int>(type: "INTEGER", nullable: false),
                    Taken = table.Column<int>(type: "INTEGER", nullable: false),
                    WithoutGpu = table.Column<int>(type: "INTEGER", nullable: false),
                    SpotOffers = table.Column<int>(type: "INTEGER", nullable: false),
                    OnDemandOffers = table.Column<int>(type: "INTEGER", nullable: false),
                    Added = table.Column<int>(type: "INTEGER", nullable: false),
                    Changed = table.Column<int>(type: "INTEGER", nullable: false),
                    Gone = table.Column<int>(type: "INTEGER", nullable: false),
                    QuarantinedByRule = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_snapshots", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "quarantined_prices",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    SnapshotId = table.Column<long>(type: "INTEGER", nullable: false),
                    Line = table.Column<int>(type: "INTEGER", nullable: true),
                    InstanceType = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Region = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Capacity = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    Rule = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Detail = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quarantined_prices", x => x.Id);
                    table.ForeignKey(
                        name: "FK_quarantined_prices_price_snapshots_SnapshotId",
                        column: x => x.SnapshotId,
                        principalTable: "price_snapshots",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_offers_InstanceType_Region_Capacity",
                table: "offers",
                columns: new[] { "InstanceType", "Region", "Capacity" });

            migrationBuilder.CreateIndex(
                name: "IX_offers_SnapshotId",
                table: "offers",
                column: "SnapshotId");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_MessageId",
                table: "outbox",
                column: "MessageId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_Position",
                table: "outbox",
                column: "Position",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_PublishedAt",
                table: "outbox",
                column: "PublishedAt");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_Subject_Sequence",
                table: "outbox",
                columns: new[] { "Subject", "Sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_price_snapshots_Source_Sequence",
                table: "price_snapshots",
                columns: new[] { "Source", "Sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_quarantined_prices_SnapshotId",
                table: "quarantined_prices",
                column: "SnapshotId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "quarantined_prices");

            migrationBuilder.DropTable(
                name: "offers");

            migrationBuilder.DropTable(
                name: "price_snapshots");

            migrationBuilder.CreateTable(
                name: "price_snapshots",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Source = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ImportedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    AsOf = table.Column<DateOnly>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_snapshots", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "offers",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    SnapshotId = table.Column<long>(type: "INTEGER", nullable: false),
                    Cloud = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Region = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Zone = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    InstanceType = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Capacity = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PricePerHour = table.Column<decimal>(type: "TEXT", precision: 18, scale: 6, nullable: true),
                    PriceBasis = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PriceSource = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    PriceAsOf = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    InterruptionBand = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    GpuModel = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    GpuVendor = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    GpuCount = table.Column<decimal>(type: "TEXT", precision: 9, scale: 3, nullable: false),
                    GpuMemoryMiB = table.Column<int>(type: "INTEGER", nullable: false),
                    GpuMemorySource = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    ComputeCapability = table.Column<string>(type: "TEXT", maxLength: 10, nullable: true),
                    NvLink = table.Column<bool>(type: "INTEGER", nullable: false),
                    Vcpus = table.Column<decimal>(type: "TEXT", precision: 9, scale: 2, nullable: false),
                    MemoryGiB = table.Column<decimal>(type: "TEXT", precision: 12, scale: 2, nullable: false),
                    LocalDiskGB = table.Column<int>(type: "INTEGER", nullable: true),
                    Architecture = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Withdrawn = table.Column<bool>(type: "INTEGER", nullable: false),
                    Note = table.Column<string>(type: "TEXT", maxLength: 300, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_offers", x => x.Id);
                    table.ForeignKey(
                        name: "FK_offers_price_snapshots_SnapshotId",
                        column: x => x.SnapshotId,
                        principalTable: "price_snapshots",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_offers_SnapshotId_Cloud_Region_InstanceType_Capacity",
                table: "offers",
                columns: new[] { "SnapshotId", "Cloud", "Region", "InstanceType", "Capacity" });

            migrationBuilder.CreateIndex(
                name: "IX_price_snapshots_Source_Sha256",
                table: "price_snapshots",
                columns: new[] { "Source", "Sha256" },
                unique: true);
        }
    }
}
