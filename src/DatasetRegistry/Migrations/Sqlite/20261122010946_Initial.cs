using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Terradev.DatasetRegistry.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "datasets",
                columns: table => new
                {
                    Source = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Key = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Task = table.Column<string>(type: "TEXT", nullable: true),
                    Rows = table.Column<long>(type: "INTEGER", nullable: true),
                    Downloads = table.Column<long>(type: "INTEGER", nullable: true),
                    Likes = table.Column<long>(type: "INTEGER", nullable: true),
                    Tags = table.Column<string>(type: "TEXT", nullable: false),
                    Document = table.Column<string>(type: "TEXT", nullable: false),
                    FromSnapshot = table.Column<bool>(type: "INTEGER", nullable: false),
                    AsOf = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_datasets", x => new { x.Source, x.Key });
                });

            migrationBuilder.CreateIndex(
                name: "IX_datasets_Downloads",
                table: "datasets",
                column: "Downloads");

            migrationBuilder.CreateIndex(
                name: "IX_datasets_Task",
                table: "datasets",
                column: "Task");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "datasets");
        }
    }
}
